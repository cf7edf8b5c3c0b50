/* Who is at the other end of a Unix-domain connection. */

#ifndef SALLYPORT_PEER_H
#define SALLYPORT_PEER_H

#include <stddef.h>
#include <sys/types.h>

/* The effective ids that the other side had when it connected, and its process id, or 0 where the system
   does not say. -1 with errno. */
extern int peer_ids(int fd, uid_t *uid, gid_t *gid, pid_t *pid);

/* A list of groups that grows when it has to. Begins as zero bytes; the list may be freed. */
struct peer_groups
{
  gid_t *list;
  size_t count;
  size_t room;
};

/* The supplementary groups that it had then: none where the system does not provide them, or where fd is no Unix-domain
   connection. 0, or -1 with errno. */
extern int peer_groups_take(int fd, struct peer_groups *);

#endif
