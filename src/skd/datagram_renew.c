/* A new socket in the place of one that a program has spoiled: see datagram_socket.h. */

#define _GNU_SOURCE  /* POLLRDHUP */
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <skalibs/djbunix.h>

#include "datagram_socket.h"

#ifdef POLLRDHUP
enum { SHUT_FOR_READING = POLLRDHUP };
#else
enum { SHUT_FOR_READING = 0 };
#endif

/* A directory receives nothing, but the system looks first whether the socket may send at all. */
static int is_shut_for_writing(struct datagram_socket const *s)
{
  struct sockaddr_un directory = { .sun_family = AF_UNIX, .sun_path = "/" };
  if (s->local.sa.any.sa_family != AF_UNIX) return 0;
  return sendto(s->fd, "", 0, MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&directory, sizeof directory) == -1 && errno == EPIPE;
}

enum shut datagram_shut(struct datagram_socket const *s)
{
  struct pollfd p = { .fd = s->fd, .events = SHUT_FOR_READING };
  if (is_shut_for_writing(s)) return SHUT_ENTIRELY;
  if (poll(&p, 1, 0) != 1) return NOT_SHUT;
  if (p.revents & POLLHUP) return SHUT_ENTIRELY;
  return p.revents & SHUT_FOR_READING ? SHUT_HALF : NOT_SHUT;
}

static int copy_option(int to, int from, int level, int name)
{
  int value;
  socklen_t length = sizeof value;
  return getsockopt(from, level, name, &value, &length) == 0 && setsockopt(to, level, name, &value, length) == 0 ? 0 : -1;
}

/* Two sockets may share the address while both have this option; restoring the options ends that. */
static int bind_beside(struct datagram_socket const *s, int fd)
{
  int on = 1;
  if (s->local.sa.any.sa_family == AF_INET6 && copy_option(fd, s->fd, IPPROTO_IPV6, IPV6_V6ONLY) == -1) return -1;
  if (setsockopt(s->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == -1) return -1;
  if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == -1) return -1;
  return bind(fd, &s->local.sa.any, s->local.length);
}

int datagram_renew(struct datagram_socket const *s)
{
  int fd = s->local.sa.any.sa_family == AF_UNIX ? -1 : socket(s->local.sa.any.sa_family, SOCK_DGRAM, 0);
  if (fd == -1) return -1;
  if (bind_beside(s, fd) == 0 && fd_move(s->fd, fd) == 0) return coe(s->fd);
  fd_close(fd);
  return -1;
}
