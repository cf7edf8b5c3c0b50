/* Credentials of a Unix-domain peer: see peer.h. */

#define _GNU_SOURCE
#include <sys/socket.h>

#include <skalibs/posixplz.h>

#include "peer.h"

/* SCM_CREDENTIALS comes with struct ucred (unix(7)); other systems have SO_PEERCRED with another struct. */
#if defined(SO_PEERCRED) && defined(SCM_CREDENTIALS)

int peer_ids(int fd, uid_t *uid, gid_t *gid, pid_t *pid)
{
  struct ucred peer;
  socklen_t size = sizeof peer;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == -1) return -1;
  *uid = peer.uid;
  *gid = peer.gid;
  *pid = peer.pid;
  return 0;
}

#else

int peer_ids(int fd, uid_t *uid, gid_t *gid, pid_t *pid)
{
  *pid = 0;
  return getpeereid(fd, uid, gid);
}

#endif
