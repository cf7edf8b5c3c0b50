/* Who a Unix-domain client is: for every daemon that accepts local connections. */

#ifndef SALLYPORT_IPC_FAMILY_H
#define SALLYPORT_IPC_FAMILY_H

#include "server.h"

/* A source is an effective user id. */
extern struct family const ipc_family;

/* The same without credentials: ids are not looked up, and all clients are one source. */
extern struct family const ipc_anonymous_family;

/* The parts, for a family that wants a variation. */
extern int ipc_identify(void *context, struct client *);
extern void ipc_put_client(struct text *, struct client const *);
extern void ipc_put_listener(struct text *, struct listener const *);
extern void ipc_environment(struct launch *, void *context, struct client const *, uint32_t count);

/* Every listener must be a Unix-domain socket, or the program dies (100). */
extern void require_ipc(struct server const *);

#endif
