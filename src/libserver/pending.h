/* Clients that wait while there is no program for them: for a PROXY header, for their first bytes, for the end of a
   connection that was refused. What they send stays in the kernel. An entry costs a struct client and some links,
   nothing that grows with the number of the others, and it counts in neither -c nor -C. All kinds together have at most
   --max-pending entries. */

#ifndef SALLYPORT_PENDING_H
#define SALLYPORT_PENDING_H

#include "engine.h"

struct pending_queue;

enum pending_end
{
  PENDING_LATE,  /* its time is over */
  PENDING_ASIDE  /* it has to give way: to others at --max-pending, or because there are no descriptors left */
};

struct pending
{
  uint32_t mark;                /* these two are the kind's, and begin as 0. What `own` points to is freed by the */
  void *own;                    /* kind before it leaves */
  struct pending_queue *queue;  /* 0 once it has left */
  struct pending *before, *after;
  struct pending *next_parked;
  uint64_t deadline;            /* on the clock of the queue; 0: none */
  int parked;                   /* ready, but the daemon cannot serve it yet: not watched meanwhile */
  struct client client;         /* a copy, moved out by pending_leave(). Without `local` where that is not known */
};

/* One kind of waiting, part of the data of a part. */
struct pending_kind
{
  uint64_t limit;  /* milliseconds that an entry may wait, the same for all of them; 0: for ever */
  int enters;      /* what it waits for leads to a launch: while the daemon is full or holds it is not looked at, and its time
                      stands still */
  int saves;       /* its part writes its entries into the state of an upgrade, and takes them back */
  int yields;      /* at --max-pending the oldest of these gives way to a new entry. Without any, accepting pauses */
  void *data;

  /* The descriptor has data, is at its end, or has an error. It takes some of it, or sees to it that there is no further call
     until more has come (SO_RCVLOWAT), or leaves. The descriptor is blocking: MSG_DONTWAIT. */
  void (*ready)(struct server *, void *data, struct pending *);

  /* It must leave, and be refused, served or closed. */
  void (*over)(struct server *, void *data, struct pending *, enum pending_end);
};

/* While the parts are made. Dies without memory. */
extern struct pending_queue *pending_queue(struct server *, struct pending_kind const *);

/* The client waits from now on: it is copied. 0, or -1 with errno, a shortage, and nothing has changed but perhaps the number of
   its descriptor. */
extern int pending_wait(struct server *, struct pending_queue *, struct client *);

/* The entry that pending_wait() has made last. */
extern struct pending *pending_latest(struct pending_queue const *);

/* It waits no longer, and is the caller's again. */
extern void pending_leave(struct server *, struct pending *, struct client *);

/* Calls the function for each that waits. */
extern void pending_visit(struct server const *, void (*)(void *data, struct pending const *, struct pending_kind const *), void *data);

/* How many wait. */
extern unsigned int pending_count(struct server const *);

#endif
