/* What the kernel kept of a client's credentials, in one system call for the ids and one for the groups. */

#define _GNU_SOURCE
#include <errno.h>
#include <sys/socket.h>

#include "fast.h"

int fast_peer(int fd, uid_t *uid, gid_t *gid, pid_t *pid)
{
  struct ucred peer;
  socklen_t size = sizeof peer;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == -1) return -1;
  *uid = peer.uid;
  *gid = peer.gid;
  *pid = peer.pid;
  return 0;
}

/* Older kernels do not know the question (ENOPROTOOPT). Where there is not enough room they say how much
   is needed, which is 0 bytes for nobody. */
ssize_t fast_peer_groups(int fd, gid_t *groups, size_t room)
{
  socklen_t size = (socklen_t)(room * sizeof *groups);
  if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &size) == -1 && errno != ERANGE)
    return errno == ENOPROTOOPT ? 0 : -1;
  return (ssize_t)(size / sizeof *groups);
}
