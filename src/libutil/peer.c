/* Peer credentials: see peer.h. */

#define _GNU_SOURCE  /* struct ucred */
#include <sys/socket.h>

#include <skalibs/posixplz.h>

#include "peer.h"

#ifdef SO_PEERCRED

int peer_identify(int fd, uid_t *uid, gid_t *gid, pid_t *pid)
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

int peer_identify(int fd, uid_t *uid, gid_t *gid, pid_t *pid)
{
  *pid = 0;
  return getpeereid(fd, uid, gid);
}

#endif
