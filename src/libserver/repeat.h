/* Lines that a client can cause as often as it likes: the first is logged at once, those that follow within a second are
   summed up in one line with `repeated=N`. To add one: a static struct repeat_kind, and repeat_note(). */

#ifndef SALLYPORT_REPEAT_H
#define SALLYPORT_REPEAT_H

#include <stdint.h>

#include "address.h"
#include "log.h"

struct client;
struct server;

struct occurrence;

struct repeat_kind
{
  char const *level;                /* "info", "warning" */
  char const *others;               /* the line for the sources that have no row; 0: it is not about a source */
  /* The words of the line. o->client is 0 in the sum. */
  void (*put)(struct text *, struct server const *, struct occurrence const *);
};

enum { REPEAT_WHY_MAX = 160 };

struct occurrence
{
  struct repeat_kind const *kind;
  unsigned int reason;          /* what is summed up apart */
  struct source const *source;  /* likewise; 0 if it is not about a source */
  struct client const *client;  /* not 0 if a client is to be named */
  int sum;                      /* this is the sum */
  int error;                    /* errno of the latest */
  uint32_t count;               /* of the latest */
  char const *why;              /* copied, and cut after REPEAT_WHY_MAX bytes; of a source, likewise apart; else of the first */
};

struct repeat_row
{
  struct occurrence what;
  struct source source;
  char why[REPEAT_WHY_MAX];
  uint32_t repeated;
  uint64_t due;
};

enum { REPEAT_ROWS = 16, REPEAT_SOURCES = 8 };

struct repeats
{
  struct repeat_row rows[REPEAT_ROWS];
  unsigned int used;
  unsigned int sources;  /* rows that are about a source */
  uint32_t others;
  char const *others_words;
  char const *others_level;
  uint64_t others_due;
};

/* Returns true if this is the first of its kind, reason and source, which is logged at once if -v 1 wants it. */
extern int repeat_note(struct server *, struct occurrence const *);

/* When the next sum is due; 0: nothing was noted. */
extern uint64_t repeat_appointment(struct server const *);

/* Logs the sums that are due; all of them with now UINT64_MAX. */
extern void repeat_sum_up(struct server *, uint64_t now);

#endif
