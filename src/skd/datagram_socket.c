/* Looking into a datagram socket without taking anything out, and taking it back: see datagram.h. */

#define _GNU_SOURCE  /* struct ucred, struct in_pktinfo, struct in6_pktinfo */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <skalibs/djbunix.h>

#include "datagram.h"

enum { SUMMED = 512 };  /* bytes */

/* Extras: where the system has no such option we do without. */
enum
{
  MISSING = -1,
#ifdef SO_PASSCRED
  CREDENTIALS = SO_PASSCRED,
#else
  CREDENTIALS = MISSING,
#endif
#ifdef IP_PKTINFO
  TARGET4 = IP_PKTINFO,
#else
  TARGET4 = MISSING,
#endif
#ifdef IPV6_RECVPKTINFO
  TARGET6 = IPV6_RECVPKTINFO
#else
  TARGET6 = MISSING
#endif
};

static void set(int fd, int level, int name, int value)
{
  if (name == MISSING || setsockopt(fd, level, name, &value, sizeof value) == -1) return;
}

static void ask_credentials(int fd, struct address const *local)
{
  if (local->sa.any.sa_family == AF_UNIX) set(fd, SOL_SOCKET, CREDENTIALS, 1);
}

/* Switched on for a moment only: the system has the answer for each datagram, and a program that asks for
   other control messages is not to find this one. */
static void ask_target(int fd, struct address const *local, int on)
{
  switch (local->sa.any.sa_family)
  {
    case AF_INET : set(fd, IPPROTO_IP, TARGET4, on); break;
    case AF_INET6 : set(fd, IPPROTO_IPV6, TARGET6, on); break;
    default : break;
  }
}

/* A peek makes copies of passed descriptors too. */
static void close_passed(struct cmsghdr const *c)
{
  size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
  size_t i = 0;
  for (; i < n; i++)
  {
    int fd;
    memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
    close(fd);
  }
}

static void note_socket(struct datagram *d, struct cmsghdr const *c)
{
  if (c->cmsg_type == SCM_RIGHTS) close_passed(c);
#ifdef SCM_CREDENTIALS
  if (c->cmsg_type == SCM_CREDENTIALS)
  {
    struct ucred peer;
    memcpy(&peer, CMSG_DATA(c), sizeof peer);
    d->pid = peer.pid;
    d->uid = peer.uid;
    d->gid = peer.gid;
  }
#else
  (void)d;
#endif
}

static void note(struct datagram *d, struct cmsghdr const *c)
{
  if (c->cmsg_level == SOL_SOCKET) note_socket(d, c);
#ifdef IP_PKTINFO
  if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO)
  {
    struct in_pktinfo info;
    memcpy(&info, CMSG_DATA(c), sizeof info);
    d->target.sa.in4.sin_addr = info.ipi_addr;
  }
#endif
#ifdef IPV6_RECVPKTINFO
  if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO)
  {
    struct in6_pktinfo info;
    memcpy(&info, CMSG_DATA(c), sizeof info);
    d->target.sa.in6.sin6_addr = info.ipi6_addr;
    d->target.sa.in6.sin6_scope_id = IN6_IS_ADDR_LINKLOCAL(&info.ipi6_addr) ? (uint32_t)info.ipi6_ifindex : 0;
  }
#endif
}

static uint64_t sum(unsigned char const *bytes, size_t length)
{
  uint64_t h = UINT64_C(0xcbf29ce484222325);
  while (length--) h = (h ^ *bytes++) * UINT64_C(0x100000001b3);
  return h;
}

static int receive(int fd, struct msghdr *m)
{
  ssize_t r;
  do r = recvmsg(fd, m, MSG_PEEK | MSG_DONTWAIT | MSG_TRUNC);
  while (r == -1 && errno == EINTR);
  return (int)r;
}

int datagram_peek(int fd, struct address const *local, struct datagram *d)
{
  union
  {
    struct cmsghdr align;
    char bytes[CMSG_SPACE(64)];
  } control;
  unsigned char bytes[SUMMED];
  struct iovec v = { bytes, sizeof bytes };
  struct msghdr m = { .msg_name = &d->sender.sa, .msg_namelen = sizeof d->sender.sa, .msg_iov = &v, .msg_iovlen = 1,
    .msg_control = &control, .msg_controllen = sizeof control };
  struct cmsghdr *c;
  int r;
  memset(d, 0, sizeof *d);
  d->target = *local;
  ask_target(fd, local, 1);
  r = receive(fd, &m);
  ask_target(fd, local, 0);
  if (r == -1) return -1;
  for (c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) note(d, c);
  d->sender.length = m.msg_namelen;
  d->length = (size_t)r;
  d->sum = sum(bytes, d->length < sizeof bytes ? d->length : sizeof bytes);
  return 0;
}

/* A client that repeats itself looks like a datagram that was not read: then its program starts a little
   later. */
int datagram_same(struct datagram const *a, struct datagram const *b)
{
  return a->length == b->length && a->sum == b->sum && a->sender.length == b->sender.length
    && !memcmp(&a->sender.sa, &b->sender.sa, a->sender.length);
}

/* A program may have connected the socket: then only that one sender would reach us. A port that the system
   chose may go with the connection, and is bound again. */
static void disconnect(int fd, struct address const *local)
{
  struct address a = { .length = sizeof a.sa };
  struct sockaddr nobody = { .sa_family = AF_UNSPEC };
  if (getpeername(fd, &a.sa.any, &a.length) == -1) return;
  if (connect(fd, &nobody, sizeof nobody) == -1 || local->sa.any.sa_family == AF_UNIX) return;
  a.length = sizeof a.sa;
  if (getsockname(fd, &a.sa.any, &a.length) == 0 && address_port(&a) == address_port(local)) return;
  if (bind(fd, &local->sa.any, local->length) == -1) return;  /* taken by now: the peek will tell */
}

void datagram_take(int fd, struct address const *local)
{
  disconnect(fd, local);
  if (ndelay_off(fd) == -1) return;
  ask_credentials(fd, local);
}
