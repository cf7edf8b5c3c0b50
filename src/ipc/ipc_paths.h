/* Removing the paths of our listeners at the end, and nothing else. */

#ifndef SALLYPORT_IPC_PATHS_H
#define SALLYPORT_IPC_PATHS_H

#include <sys/types.h>

#include "server.h"

/* The files that the listeners were bound to when we started, one for each. */
struct ipc_paths
{
  struct ipc_path *files;
  unsigned int count;
};

#define IPC_PATHS_NONE { 0, 0 }

/* Dies (111) without memory. A path that is not a socket is said in the log and left out. */
extern void ipc_paths_remember(struct ipc_paths *, struct server *);

/* Removes the files that are still the same, and says in the log which could not be. To be called while
   the listeners are open: until they are closed no other server takes such a path. */
extern void ipc_paths_remove(struct ipc_paths *, struct server *);

#endif
