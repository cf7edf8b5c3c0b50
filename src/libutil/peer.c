/* Credentials of a Unix-domain peer: see peer.h. What a system can tell is told in every build, however
   programs are launched in it: rules and limits depend on it. */

#define _GNU_SOURCE
#include <errno.h>
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

/* Older kernels do not know the question (ENOPROTOOPT). Where there is not enough room they say how much
   is needed, which is 0 bytes for nobody. */
ssize_t peer_groups(int fd, gid_t *groups, size_t room)
{
#ifdef SO_PEERGROUPS
  socklen_t size = (socklen_t)(room * sizeof *groups);
  if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &size) == -1 && errno != ERANGE)
    return errno == ENOPROTOOPT ? 0 : -1;
  return (ssize_t)(size / sizeof *groups);
#else
  (void)fd;
  (void)groups;
  (void)room;
  return 0;
#endif
}
