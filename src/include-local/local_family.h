/* Who a Unix-domain client is: for every daemon that accepts local connections. */

#ifndef SALLYPORT_LOCAL_FAMILY_H
#define SALLYPORT_LOCAL_FAMILY_H

#include "server.h"

/* A source is an effective user id. */
extern struct family const local_family;

/* The same without credentials: ids are not looked up, and all clients are one source. */
extern struct family const local_anonymous_family;

/* The parts, for a family that wants a variation. */
extern int local_identify(void *context, struct client *);
extern void local_put_client(struct text *, struct client const *);
extern void local_put_listener(struct text *, struct listener const *);
extern void local_environment(struct launch *, void *context, struct client const *, uint32_t count);

/* Every listener must be a Unix-domain socket, or the program dies (100). */
extern void require_local(struct server const *);

#endif
