/* Ending a TCP connection so that what was sent arrives. A connection that is closed while something that the peer has sent is
   unread, or comes later, is reset, and the peer may lose the end of the answer (RFC 1122, 4.2.2.13; RFC 2525, 2.17). */

#ifndef SALLYPORT_GENTLE_END_H
#define SALLYPORT_GENTLE_END_H

#include <stdint.h>

/* Sends the end of the stream on `to`, then reads from `from` and throws away what comes, until its end, an error or the deadline (see
   deadline.h). What cannot be shut down, since it is no socket, is closed. The descriptors may be the same connection. */
extern void gentle_end(int from, int to, uint64_t deadline);

#endif
