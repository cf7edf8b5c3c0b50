/* Sending a PROXY header on a connection that was just made. */

#ifndef SALLYPORT_PROXY_SEND_H
#define SALLYPORT_PROXY_SEND_H

#include "opts.h"

/* With the option --send-proxy, sends a header of that version, at once and in one piece; otherwise nothing. It names the
   client that the environment describes: the variables of PROTO for both ends. Without one it reports that the
   connection is our own, in version 1 by its own addresses. Call it before those variables are set for the next program.
   Dies (111). */
extern void proxy_send(struct opts const *, int fd);

#define OPTS_SEND_PROXY(programs) \
  { 0, "send-proxy", "VERSION", &kind_send_proxy, (programs), (programs), 0, "send a PROXY header first: 1 or 2" }

#endif
