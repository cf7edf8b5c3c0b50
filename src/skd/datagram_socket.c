/* Looking into a datagram socket without taking anything out, and taking it back: see datagram_socket.h. */

#define _GNU_SOURCE  /* struct ucred, struct in_pktinfo, struct in6_pktinfo */
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <skalibs/djbunix.h>

#include "datagram_socket.h"

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
#ifdef SO_TIMESTAMPNS
  STAMP = SO_TIMESTAMPNS,
#else
  STAMP = MISSING,
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

/* What comes with a datagram. Descriptors that a Unix-domain sender passes must not be taken: closing one can wait for a
   file system, and takes a process's locks from the file. So there is room for what is asked for and nothing else:
   a stamp and credentials. Internet datagrams bring none, and more of what is asked for. */
union control
{
  struct cmsghdr align;
#ifdef SO_PASSCRED
  char local[CMSG_SPACE(DATAGRAM_STAMP) + CMSG_SPACE(sizeof(struct ucred))];
#else
  char local[CMSG_SPACE(DATAGRAM_STAMP)];
#endif
#ifdef IPV6_RECVPKTINFO
  char internet[CMSG_SPACE(DATAGRAM_STAMP) + CMSG_SPACE(sizeof(struct in6_pktinfo))];
#else
  char internet[CMSG_SPACE(DATAGRAM_STAMP) + CMSG_SPACE(64)];
#endif
};

static int is_local(struct datagram_socket const *s)
{
  return s->local.sa.any.sa_family == AF_UNIX;
}

static void set(int fd, int level, int name, int value)
{
  if (name == MISSING || setsockopt(fd, level, name, &value, sizeof value) == -1) return;
}

/* Switched on for a moment only: a program that asks for other control messages is not to find these. The system has
   the answers for each datagram; a stamp, once made, stays. */
static void ask(struct datagram_socket const *s, int on)
{
  set(s->fd, SOL_SOCKET, STAMP, on);
  switch (s->local.sa.any.sa_family)
  {
    case AF_INET : set(s->fd, IPPROTO_IP, TARGET4, on); break;
    case AF_INET6 : set(s->fd, IPPROTO_IPV6, TARGET6, on); break;
    default : break;
  }
}

/* A message of any other length is not what we take it for: it was cut off, or the system is another one. */
static int has(struct cmsghdr const *c, int level, int type, size_t size)
{
  return c->cmsg_level == level && c->cmsg_type == type && c->cmsg_len == CMSG_LEN(size);
}

static void note(struct datagram *d, struct cmsghdr const *c)
{
#ifdef SO_TIMESTAMPNS
  if (has(c, SOL_SOCKET, SCM_TIMESTAMPNS, sizeof d->stamp)) memcpy(d->stamp, CMSG_DATA(c), sizeof d->stamp);
#endif
#ifdef SO_PASSCRED
  if (has(c, SOL_SOCKET, SCM_CREDENTIALS, sizeof(struct ucred)))
  {
    struct ucred peer;
    memcpy(&peer, CMSG_DATA(c), sizeof peer);
    d->pid = peer.pid;
    d->uid = peer.uid;
    d->gid = peer.gid;
  }
#endif
#ifdef IP_PKTINFO
  if (has(c, IPPROTO_IP, IP_PKTINFO, sizeof(struct in_pktinfo)) && d->target.sa.any.sa_family == AF_INET)
  {
    struct in_pktinfo info;
    memcpy(&info, CMSG_DATA(c), sizeof info);
    d->target.sa.in4.sin_addr = info.ipi_addr;
  }
#endif
#ifdef IPV6_RECVPKTINFO
  if (has(c, IPPROTO_IPV6, IPV6_PKTINFO, sizeof(struct in6_pktinfo)) && d->target.sa.any.sa_family == AF_INET6)
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

static ssize_t receive(int fd, struct msghdr *m)
{
  ssize_t r;
  do r = recvmsg(fd, m, MSG_PEEK | MSG_DONTWAIT | MSG_TRUNC);
  while (r == -1 && errno == EINTR);
  return r;
}

/* A program that still has the socket may switch credentials off between our asking and our look, which would leave
   room for descriptors: without a number to give them, the system cannot. */
static ssize_t receive_without_descriptors(int fd, struct msghdr *m)
{
  struct rlimit usual, none;
  int limited = getrlimit(RLIMIT_NOFILE, &usual) == 0;
  ssize_t r;
  int e;
  none = usual;
  none.rlim_cur = 0;
  limited = limited && setrlimit(RLIMIT_NOFILE, &none) == 0;
  r = receive(fd, m);
  e = errno;
  if (limited) setrlimit(RLIMIT_NOFILE, &usual);
  errno = e;
  return r;
}

static ssize_t look(struct datagram_socket const *s, struct msghdr *m)
{
  ssize_t r;
  int e;
  ask(s, 1);
  r = is_local(s) ? receive_without_descriptors(s->fd, m) : receive(s->fd, m);
  e = errno;
  ask(s, 0);
  errno = e;
  return r;
}

int datagram_peek(struct datagram_socket const *s, struct datagram *d)
{
  union control control;
  unsigned char bytes[SUMMED];
  struct iovec v = { bytes, sizeof bytes };
  struct msghdr m = { .msg_name = &d->sender.sa, .msg_namelen = sizeof d->sender.sa, .msg_iov = &v, .msg_iovlen = 1,
    .msg_control = &control, .msg_controllen = is_local(s) ? sizeof control.local : sizeof control.internet };
  struct cmsghdr *c;
  ssize_t r;
  memset(d, 0, sizeof *d);
  memset(&control, 0, sizeof control);
  d->target = s->local;
  r = look(s, &m);
  if (r == -1) return -1;
  d->sender.length = m.msg_namelen;
  d->length = (size_t)r;
  d->sum = sum(bytes, d->length < sizeof bytes ? d->length : sizeof bytes);
  for (c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) note(d, c);
  return 0;
}

/* Two datagrams that look the same differ in their stamps, where the system makes some. */
int datagram_same(struct datagram const *a, struct datagram const *b)
{
  return a->length == b->length && a->sum == b->sum && a->sender.length == b->sender.length
    && !memcmp(&a->sender.sa, &b->sender.sa, a->sender.length) && !memcmp(a->stamp, b->stamp, sizeof a->stamp);
}

/* Connected, the socket would only get what one sender sends. A port that the system chose may go with the connection,
   and is bound again. */
static void disconnect(struct datagram_socket const *s)
{
  struct address a = { .length = sizeof a.sa };
  struct sockaddr no_peer = { .sa_family = AF_UNSPEC };
  if (getpeername(s->fd, &a.sa.any, &a.length) == -1) return;
  if (connect(s->fd, &no_peer, sizeof no_peer) == -1 || is_local(s)) return;
  a.length = sizeof a.sa;
  if (getsockname(s->fd, &a.sa.any, &a.length) == 0 && address_port(&a) == address_port(&s->local)) return;
  if (bind(s->fd, &s->local.sa.any, s->local.length) == -1) return;  /* taken by now: is_elsewhere() finds out */
}

/* Where the system cannot tell for the moment, the next datagram shows it. */
static int is_elsewhere(struct datagram_socket const *s)
{
  struct address a = { .length = sizeof a.sa };
  if (getsockname(s->fd, &a.sa.any, &a.length) == -1) return 0;
  return a.sa.any.sa_family != s->local.sa.any.sa_family || (!is_local(s) && address_port(&a) != address_port(&s->local));
}

void datagram_adopt(struct datagram_socket *s, int fd, struct address const *local)
{
  s->fd = fd;
  s->local = *local;
  ndelay_off(fd);
  if (is_local(s)) set(fd, SOL_SOCKET, CREDENTIALS, 1);
  socket_options_note(&s->options, fd);
}

char const *datagram_take(struct datagram_socket const *s)
{
  disconnect(s);
  if (is_elsewhere(s)) return "a program has taken the address from the socket";
  return socket_options_restore(&s->options, s->fd);
}
