/* Removing the paths of our listeners at the end, and nothing else. */

#ifndef SALLYPORT_IPC_PATHS_H
#define SALLYPORT_IPC_PATHS_H

#include "server.h"

/* Adds a part that removes, whatever ends the daemon, the files that the listeners are bound to now, if they are still the
   same; the log has which could not be removed. The listeners are open then: until they are closed no other server takes
   such a path. A path that is not a socket is logged and left out. Dies (111) without memory. */
extern void ipc_paths_unlink_at_exit(struct server *);

#endif
