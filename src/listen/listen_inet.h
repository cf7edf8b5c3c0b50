/* The whole of tcp-socket-listen and udp-socket-listen: they differ in the type of the socket. */

#ifndef SALLYPORT_LISTEN_INET_H
#define SALLYPORT_LISTEN_INET_H

#include "opts.h"

/* Makes the socket that the words "host service prog..." ask for and becomes prog, or dies. */
extern void listen_inet(struct opts const *, int type, char const *const *words);

#endif
