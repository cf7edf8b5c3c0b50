/* The socket on which a daemon shows its counters. */

#ifndef SALLYPORT_STATUS_SOCKET_H
#define SALLYPORT_STATUS_SOCKET_H

#include "chain.h"
#include "opts.h"

/* Binds the socket that --status-socket names, mode 0600, and returns its descriptor, which stays open across execve; dies (111) if that cannot
   be done. A socket that is served by another process is never replaced. -1 without the option. */
extern int status_socket_open(struct opts const *);

/* The same for a wrapper, whose daemon may have given up the rights for it: adds --status-fd and the descriptor to its words. */
extern void chain_status_socket(struct chain *, struct opts const *);

#endif
