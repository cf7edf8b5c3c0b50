/* Prices, and the words for a client that comes too fast. */

#include "engine.h"
#include "rates.h"
#include "text.h"

struct price rates_price(struct rate const *r)
{
  struct price p = { .cost = ((uint64_t)r->seconds * GCRA_UNITS + r->count / 2) / r->count };
  p.tolerance = p.cost * (r->count - 1);
  return p;
}

uint64_t rates_seconds(uint64_t units)
{
  return (units + GCRA_UNITS - 1) / GCRA_UNITS;
}

static void put_rate(struct text *t, char const *name, struct rate const *r)
{
  text_string(t, name);
  text_number(t, r->count);
  text_string(t, "/");
  text_number(t, r->seconds);
}

static void fill(struct rates *x, struct refusal *r, enum reason reason, struct text *why)
{
  if (x->only_report) text_string(why, " only-report");
  r->reason = reason;
  r->why = text_end(why);
}

void rates_why_rate(struct rates *x, struct refusal *r, char const *name, struct rate const *rate)
{
  struct text t = TEXT_IN(x->why);
  put_rate(&t, name, rate);
  fill(x, r, REASON_RATE, &t);
}

void rates_why_penalty(struct rates *x, struct refusal *r, uint64_t debt)
{
  struct text t = TEXT_IN(x->why);
  text_string(&t, "penalty ");
  text_number(&t, rates_seconds(debt - x->price.tolerance));
  text_string(&t, " s");
  fill(x, r, REASON_PENALTY, &t);
}

/* Returns true if the client is to be refused, and not only reported. */
int rates_decide(struct server *s, struct rates const *x, struct client const *client, struct refusal const *r)
{
  if (!x->only_report) return 1;
  s->counters.only_reported++;
  report_refused(s, client, r);
  return 0;
}
