/* Credentials of a Unix-domain peer: see peer.h. What a system can provide is there in every build, however
   programs are launched in it: rules and limits depend on it. */

#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
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

#ifdef SO_PEERGROUPS

/* Older kernels do not know the question (ENOPROTOOPT). Where there is not enough room they report how much is needed,
   which is 0 bytes for no groups. Returns how many groups there are, or -1 with errno. */
static ssize_t ask(int fd, struct peer_groups *g)
{
  socklen_t size = (socklen_t)(g->room * sizeof *g->list);
  if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, g->list, &size) == 0 || errno == ERANGE) return (ssize_t)(size / sizeof *g->list);
  return errno == ENOPROTOOPT || errno == ENOTSOCK || errno == ENODATA || errno == EOPNOTSUPP ? 0 : -1;
}

#else

static ssize_t ask(int fd, struct peer_groups *g)
{
  (void)fd;
  (void)g;
  return 0;
}

#endif

int peer_groups_take(int fd, struct peer_groups *g)
{
  for (;;)
  {
    gid_t *more;
    ssize_t n = ask(fd, g);
    if (n == -1) return -1;
    if ((size_t)n <= g->room) return g->count = (size_t)n, 0;
    more = realloc(g->list, (size_t)n * sizeof *more);
    if (!more) return -1;
    g->list = more;
    g->room = (size_t)n;
  }
}
