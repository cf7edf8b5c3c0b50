/* Who is at the other end of a Unix-domain connection. */

#ifndef SALLYPORT_PEER_H
#define SALLYPORT_PEER_H

#include <stddef.h>
#include <sys/types.h>

/* The effective ids that the other side had when it connected, and its process id, or 0 where the system
   does not say. -1 with errno. */
extern int peer_ids(int fd, uid_t *uid, gid_t *gid, pid_t *pid);

/* The supplementary groups that it had then. Returns how many there are: if that is more than `room`, none
   was stored. 0 where the system does not say. -1 with errno. */
extern ssize_t peer_groups(int fd, gid_t *groups, size_t room);

#endif
