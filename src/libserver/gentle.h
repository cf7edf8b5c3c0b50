/* Connections that have no program any more and are to end so that what was sent arrives: what their peers still send is read and
   thrown away until their end, as pending clients. */

#ifndef SALLYPORT_GENTLE_H
#define SALLYPORT_GENTLE_H

#include "pending.h"

struct gentle
{
  struct pending_kind kind;
  struct pending_queue *queue;
};

/* While the parts are made: the milliseconds that each connection may take. */
extern void gentle_prepare(struct server *, struct gentle *, uint64_t milliseconds);

/* Sends the end of the stream and keeps the connection until its peer's end. False if there is no room for it: it is then the caller's, still open. */
extern int gentle_take(struct server *, struct gentle *, struct client *);

#endif
