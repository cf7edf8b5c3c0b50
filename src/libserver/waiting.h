/* What pending.c and pending_loop.c share. */

#ifndef SALLYPORT_WAITING_H
#define SALLYPORT_WAITING_H

#include "pending.h"

enum { PENDING_BATCH = 64 };  /* entries to look at before the listeners are looked at */

struct pending_queue
{
  struct pending_kind const *kind;
  struct pending_queue *next;
  struct pending *first, *last;  /* the first has waited longest */
};

struct waiting
{
  struct part part;
  struct platform_watch watch;
  int started;                    /* the watched set is there */
  unsigned int count, max;
  int full;                       /* accepting pauses until one leaves */
  struct pending_queue *queues;
  struct pending *parked, **parked_end;
  struct pending *gone;           /* freed when a batch is over, in which there may be more of them */
  int in_batch;
  uint64_t stood_still;           /* milliseconds in all: see waiting_time() */
  uint64_t still_since;           /* 0: the clock runs */
  uint64_t relieved;              /* the latest shortage of descriptors for which one gave way */
};

/* True if a client can be launched now. */
extern int waiting_may_enter(struct server const *);

/* The clock of the queues whose clients are to be launched stands still while none can be. */
extern void waiting_watch_clock(struct server *, struct waiting *, uint64_t now);
extern uint64_t waiting_time(struct waiting const *, struct pending_queue const *, uint64_t now);

/* The one that has waited longest in some queue and is silent, or 0. */
extern struct pending *waiting_oldest(struct waiting const *, int that_yields);

extern void waiting_end(struct server *, struct pending *, enum pending_end);
extern void waiting_look(struct server *, struct pending *);

/* Out of the watched set, which would wake us in vain. */
extern void waiting_park(struct waiting *, struct pending *);

/* It is watched and looked at again. */
extern void waiting_unpark(struct server *, struct waiting *, struct pending *);

#endif
