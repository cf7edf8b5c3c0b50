#ifndef SALLYPORT_RATES_H
#define SALLYPORT_RATES_H

/* What the files of the part "rates" share. */

#include <stdint.h>

#include "engine.h"
#include "exit_list.h"
#include "gcra.h"
#include "rate.h"
#include "source_list.h"

/* What a client costs its source, and what the source may owe before, in units of gcra.h. */
struct price
{
  uint64_t cost;
  uint64_t tolerance;
};

struct rates
{
  struct part part;
  struct gcra table;
  struct rate rate;         /* count 0: none is given */
  struct price price;       /* without a rate, its cost is 0, and its tolerance that of penalties */
  uint64_t penalty;         /* units; 0: none is given */
  uint64_t most_allowed;    /* units that clients alone can make a source owe: see rates_allow */
  struct exit_list exits;
  struct source_list exempt;
  int only_report;
  struct price rule;        /* of the client that was judged latest; cost 0 and tolerance UINT64_MAX: no limit */
  int rule_has_price;
  char why[REPEAT_WHY_MAX];
};

/* What a client costs where r is the rate. r->count is at least 1. */
extern struct price rates_price(struct rate const *r);

/* Remembers what a source owes at most whose clients have this price. */
extern void rates_allow(struct rates *x, struct price const *price);

/* Units of gcra.h in seconds, rounded up. */
extern uint64_t rates_seconds(uint64_t units);

/* Writes into *r why a client is refused whose source owes debt units, more than *price lets it: it comes more often than *rate;
   or, where that cannot have made so much, there are penalties. r->why stays valid until the next call. */
extern void rates_why(struct rates *x, struct refusal *r, struct price const *price, struct rate const *rate, uint64_t debt);

/* The hook `judge' of part.h: the limits that the client's rule brings among its variables. data is the struct rates. It sets
   what *v has of them, and x->rule. */
extern int rates_judge(struct server *s, void *data, struct client const *client, struct verdict *v, struct refusal *r);

#endif
