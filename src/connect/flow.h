/* One direction of a bridge: from an input to an output through a buffer. */

#ifndef SALLYPORT_FLOW_H
#define SALLYPORT_FLOW_H

#include <poll.h>

#include "nowait.h"

/* More than a message has on a system that has not been tuned: the largest is 212,992 bytes (net.core.wmem_default). */
enum { FLOW_BUFFER = 262144 };

struct flow
{
  struct nowait in, out;
  int in_number, out_number;  /* the descriptors as the user knows them */
  size_t begin, end;          /* what waits in the buffer */
  size_t piece;               /* the output takes no more at once; 0: not known */
  int broken;                 /* something did not get through */
  char buffer[FLOW_BUFFER];
};

static inline int flow_is_over(struct flow const *f) { return f->in.fd == -1 && f->out.fd == -1; }
static inline int flow_has_data(struct flow const *f) { return f->begin != f->end; }

/* What to poll for: two entries, of which some may be empty (fd -1). */
extern void flow_gather(struct flow const *, struct pollfd *);

/* Does what is possible, after poll(2) has filled in the entries. Whatever does not get through is warned
   of. */
extern void flow_go(struct flow *, struct pollfd const *);

/* Takes what is there to be read at once, and then the input is over. */
extern void flow_stop(struct flow *);

#endif
