/* Who a TCP client is: for every daemon that accepts TCP connections. */

#ifndef SALLYPORT_TCP_FAMILY_H
#define SALLYPORT_TCP_FAMILY_H

#include "server.h"

extern struct family const tcp_family;

/* The parts, for a family that wants a variation. */
extern int tcp_identify(void *context, struct client *);
extern void tcp_put_client(struct text *, struct client const *);
extern void tcp_put_listener(struct text *, struct listener const *);
extern void tcp_environment(struct launch *, void *context, struct client const *, uint32_t count);

/* An address and its port, as two variables. */
extern void launch_set_address(struct launch *, char const *ip, char const *port, struct address const *);

/* Every listener must be an internet socket, or the program dies (100). */
extern void require_tcp(struct server const *);

#endif
