/* Looking into a datagram socket: what is told of the first datagram, that it stays, and that what a program
   has done to the socket is undone. */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "local_address.h"
#include "skd/datagram_socket.h"
#include "tap.h"

static int bound_to(char const *ip, struct address *a)
{
  int fd;
  if (address_parse(a, ip, 0) == -1) return -1;
  fd = socket(a->sa.any.sa_family, SOCK_DGRAM, 0);
  if (fd == -1 || bind(fd, &a->sa.any, a->length) == -1) return -1;
  a->length = sizeof a->sa;
  getsockname(fd, &a->sa.any, &a->length);
  return fd;
}

static int sends(int from, struct address const *to, char const *text)
{
  return sendto(from, text, strlen(text), 0, &to->sa.any, to->length) == (ssize_t)strlen(text);
}

static int is_waiting(int fd, char const *text)
{
  char got[64];
  ssize_t n = recv(fd, got, sizeof got, MSG_DONTWAIT | MSG_PEEK);
  return n == (ssize_t)strlen(text) && !memcmp(got, text, (size_t)n);
}

static void take_out(int fd)
{
  char got[64];
  if (recv(fd, got, sizeof got, MSG_DONTWAIT) == -1) return;
}

/* Where the system says which address a datagram was sent to. */
static int is_told(struct address const *target)
{
#ifdef IP_PKTINFO
  return !address_is_wildcard(target);
#else
  (void)target;
  return 1;
#endif
}

static int same_port(struct address const *a, struct address const *b)
{
  return address_port(a) == address_port(b);
}

static struct datagram_socket adopted(int fd, struct address const *local)
{
  struct datagram_socket s;
  datagram_adopt(&s, fd, local);
  return s;
}

static void peeking(struct tap *t, char const *any, char const *one)
{
  struct address local, sender, to;
  struct datagram_socket s;
  struct datagram first, again;
  int fd = bound_to(any, &local), from = bound_to(one, &sender);
  if (fd == -1 || from == -1)
  {
    printf("# no %s here\n", any);
    return;
  }
  datagram_adopt(&s, fd, &local);
  errno = 0;
  ok_for(t, any, datagram_peek(&s, &first) == -1 && (errno == EAGAIN || errno == EWOULDBLOCK));
  address_parse(&to, one, address_port(&local));
  ok(t, sends(from, &to, "one") && sends(from, &to, "two"));
  ok_for(t, any, datagram_peek(&s, &first) == 0 && first.length == 3);
  ok_for(t, any, same_port(&first.sender, &sender));
  ok_for(t, any, is_told(&first.target) && same_port(&first.target, &local));
  ok(t, is_waiting(fd, "one"));
  ok(t, datagram_peek(&s, &again) == 0 && datagram_same(&first, &again));
  take_out(fd);
  ok(t, datagram_peek(&s, &again) == 0 && !datagram_same(&first, &again));
  close(fd);
  close(from);
}

static void long_ones_differ(struct tap *t)
{
  struct address local;
  struct datagram a, b;
  char text[2000];
  int fd = bound_to("127.0.0.1", &local);
  struct datagram_socket s = adopted(fd, &local);
  memset(text, 'x', sizeof text);
  text[sizeof text - 1] = 0;
  ok(t, sends(fd, &local, text) && datagram_peek(&s, &a) == 0 && a.length == sizeof text - 1);
  recv(fd, text, sizeof text, 0);
  text[sizeof text - 2] = 0;
  ok(t, sends(fd, &local, text) && datagram_peek(&s, &b) == 0 && !datagram_same(&a, &b));
  close(fd);
}

/* A port that the system chose may be lost with a connection. */
static void taking_back(struct tap *t)
{
  struct address local, sender, now = { .length = sizeof now.sa };
  struct datagram first;
  int fd = bound_to("127.0.0.1", &local), from = bound_to("127.0.0.1", &sender), other = bound_to("127.0.0.1", &now);
  struct datagram_socket s = adopted(fd, &local);
  ok(t, connect(fd, &sender.sa.any, sender.length) == 0);
  ok(t, fcntl(fd, F_SETFL, O_NONBLOCK) == 0);
  ok(t, !datagram_take(&s));
  ok(t, !(fcntl(fd, F_GETFL) & O_NONBLOCK));
  now.length = sizeof now.sa;
  ok(t, getpeername(fd, &now.sa.any, &now.length) == -1 && errno == ENOTCONN);
  now.length = sizeof now.sa;
  ok(t, getsockname(fd, &now.sa.any, &now.length) == 0 && same_port(&now, &local));
  ok(t, sends(other, &local, "hello") && datagram_peek(&s, &first) == 0);
  close(fd);
  close(from);
  close(other);
}

static void identical_ones_differ(struct tap *t)
{
#ifdef SO_TIMESTAMPNS
  struct address local;
  struct datagram a, b;
  int fd = bound_to("127.0.0.1", &local);
  struct datagram_socket s = adopted(fd, &local);
  ok(t, sends(fd, &local, "same") && sends(fd, &local, "same"));
  ok(t, datagram_peek(&s, &a) == 0 && datagram_peek(&s, &b) == 0 && datagram_same(&a, &b));
  take_out(fd);
  ok(t, datagram_peek(&s, &b) == 0 && !datagram_same(&a, &b));
  close(fd);
#else
  (void)t;
#endif
}

/* ---- Unix-domain ---- */

static struct datagram_socket local_socket(void)
{
  struct address local = { .length = sizeof local.sa };
  struct datagram_socket s;
  int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
  if (fd == -1 || bind(fd, &(struct sockaddr){ .sa_family = AF_UNIX }, sizeof(sa_family_t)) == -1) abort();
  if (getsockname(fd, &local.sa.any, &local.length) == -1) abort();
  datagram_adopt(&s, fd, &local);
  return s;
}

static void local_senders(struct tap *t)
{
  struct datagram_socket s = local_socket();
  struct datagram first, again;
  int from = socket(AF_UNIX, SOCK_DGRAM, 0);
  ok(t, sends(from, &s.local, "hi") && datagram_peek(&s, &first) == 0);
  ok(t, !first.sender.length || first.sender.length == sizeof(sa_family_t));
#ifdef SO_PASSCRED
  ok(t, first.pid == getpid() && first.uid == geteuid() && first.gid == getegid());
#endif
  ok(t, datagram_peek(&s, &again) == 0 && datagram_same(&first, &again));
#ifdef SO_TIMESTAMPNS
  take_out(s.fd);
  ok(t, sends(from, &s.local, "hi") && datagram_peek(&s, &again) == 0 && !datagram_same(&first, &again));
#endif
  close(s.fd);
  close(from);
}

enum { PASSED = 20 };

/* Passes a descriptor as often as may be. */
static int passes(int from, struct address const *to, int fd)
{
  union { struct cmsghdr align; char bytes[CMSG_SPACE(PASSED * sizeof(int))]; } control;
  struct iovec v = { "x", 1 };
  struct msghdr m = { .msg_control = &control, .msg_controllen = sizeof control, .msg_iov = &v, .msg_iovlen = 1 };
  struct cmsghdr *c = CMSG_FIRSTHDR(&m);
  size_t i = 0;
  memset(&control, 0, sizeof control);
  c->cmsg_level = SOL_SOCKET;
  c->cmsg_type = SCM_RIGHTS;
  c->cmsg_len = CMSG_LEN(PASSED * sizeof(int));
  for (; i < PASSED; i++) memcpy(CMSG_DATA(c) + i * sizeof fd, &fd, sizeof fd);
  m.msg_name = (void *)&to->sa;
  m.msg_namelen = to->length;
  return sendmsg(from, &m, 0) == 1;
}

static int count_open(void)
{
  int n = 0, fd = 0;
  for (; fd < 256; fd++) n += fcntl(fd, F_GETFD) != -1;
  return n;
}

/* Asks from another process, which has no lock of its own. */
static int is_locked(char const *file)
{
  pid_t pid = fork();
  int status;
  if (!pid)
  {
    struct flock l = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    int fd = open(file, O_RDWR);
    _exit(fd == -1 || fcntl(fd, F_SETLK, &l) == 0);
  }
  return waitpid(pid, &status, 0) == pid && !status;
}

/* Closing any descriptor of a file drops the process's locks on it: fcntl(2). So the look must not have had one. */
static void passed_descriptors(struct tap *t, int forget_credentials)
{
  char file[] = "/tmp/datagram-test-XXXXXX";
  struct flock l = { .l_type = F_RDLCK, .l_whence = SEEK_SET };
  struct datagram_socket s = local_socket();
  struct datagram first;
  int from = socket(AF_UNIX, SOCK_DGRAM, 0), locked = mkstemp(file), again = open(file, O_RDONLY), before;
  ok(t, locked != -1 && fcntl(locked, F_SETLK, &l) == 0 && is_locked(file));
  ok(t, passes(from, &s.local, again));
#ifdef SO_PASSCRED
  /* As a program may do that still has the socket, just before the look. */
  if (forget_credentials) setsockopt(s.fd, SOL_SOCKET, SO_PASSCRED, &(int){ 0 }, sizeof(int));
#endif
  before = count_open();
  ok_for(t, forget_credentials ? "no credentials" : "credentials", datagram_peek(&s, &first) == 0 && first.length == 1);
  ok(t, count_open() == before);
  ok(t, is_locked(file));
#ifdef SO_PASSCRED
  ok(t, forget_credentials || first.pid == getpid());
#endif
  close(s.fd);
  close(from);
  close(locked);
  close(again);
  unlink(file);
}

/* ---- what programs leave on a socket ---- */

#ifdef SO_PASSCRED  /* where the table has all of them */
struct trial
{
  int level;
  int name;
};

static socklen_t value_of(int fd, struct trial o, unsigned char *value, size_t size)
{
  socklen_t length = (socklen_t)size;
  memset(value, 0, size);
  return getsockopt(fd, o.level, o.name, value, &length) == 0 ? length : (socklen_t)-1;
}

/* An interface that a socket is bound to can be taken back by CAP_NET_RAW alone: socket(7). */
static int keeps_interface(struct datagram_socket const *s, struct trial o)
{
#ifdef SO_BINDTOIFINDEX
  return o.level == SOL_SOCKET && o.name == SO_BINDTOIFINDEX && setsockopt(s->fd, o.level, o.name, &(int){ 1 }, sizeof(int)) == 0
    && setsockopt(s->fd, o.level, o.name, &(int){ 0 }, sizeof(int)) == -1;
#else
  return (void)s, (void)o, 0;
#endif
}

/* These cannot be undone, are looked at elsewhere, or are another name of one that is: SO_ERROR, SO_LOCK_FILTER,
   SO_RCVBUFFORCE and SO_SNDBUFFORCE; IPV6_V6ONLY, IPV6_ADDRFORM; and the statistics. */
static int is_special(struct trial o)
{
#ifdef SO_LOCK_FILTER
  if (o.level == SOL_SOCKET && (o.name == SO_ERROR || o.name == SO_LOCK_FILTER)) return 1;
#endif
  if (o.level == SOL_SOCKET && (o.name == SO_LINGER || o.name == SO_ERROR)) return 1;
  return o.level == IPPROTO_IPV6 && (o.name == 1 || o.name == IPV6_V6ONLY);
}

/* 1: a program can change this option, and it was undone; 0: it was not; -1: it cannot. */
static int is_undone(struct datagram_socket const *s, struct trial o, void const *value, socklen_t length)
{
  unsigned char before[32], changed[32], after[32];
  socklen_t n = value_of(s->fd, o, before, sizeof before), m;
  if (n > sizeof before || setsockopt(s->fd, o.level, o.name, value, length) == -1) return -1;
  if (value_of(s->fd, o, changed, sizeof changed) == n && !memcmp(before, changed, sizeof before)) return -1;
  datagram_take(s);
  m = value_of(s->fd, o, after, sizeof after);
  return m == n && !memcmp(before, after, sizeof before);
}
#endif

/* Every number is tried: options that are not known today, too. */
static void options(struct tap *t, char const *ip)
{
#ifdef SO_PASSCRED
  static int const levels[] = { SOL_SOCKET, IPPROTO_IP, IPPROTO_IPV6, IPPROTO_UDP };
  struct timeval some = { .tv_sec = 3 };
  struct address local;
  size_t i = 0;
  int found = 0, special;
  for (; i < sizeof levels / sizeof levels[0]; i++)
  {
    struct trial o = { levels[i], 0 };
    for (; o.name < 128; o.name++)
    {
      int fd = ip ? bound_to(ip, &local) : -1, r;
      struct datagram_socket s = ip && fd == -1 ? (struct datagram_socket){ .fd = -1 } : ip ? adopted(fd, &local) : local_socket();
      if (s.fd == -1) return;
      special = is_special(o) || keeps_interface(&s, o);
      r = special ? -1 : is_undone(&s, o, &(int){ 1 }, sizeof(int));
      if (r == -1 && !special) r = is_undone(&s, o, &(int){ 7 }, sizeof(int));
      if (r == -1 && !special) r = is_undone(&s, o, &some, sizeof some);
      if (r != -1) found++;
      if (r == 0) printf("# %s: level %d option %d stays\n", ip ? ip : "local", o.level, o.name);
      if (r == 0) ok_for(t, ip ? ip : "local", r);
      close(s.fd);
    }
  }
  printf("# %s: %d options\n", ip ? ip : "local", found);
  ok_for(t, ip ? ip : "local", found > 5);
#else
  (void)t;
  (void)ip;
#endif
}

/* Stamps of every kind may not push out what we need. */
static void stamps(struct tap *t, char const *any, char const *one)
{
#if defined SO_TIMESTAMPING && defined IP_PKTINFO
  static int const names[] = { SO_TIMESTAMP, SO_TIMESTAMPNS, SO_TIMESTAMPING, 63, 64, 65, SO_RXQ_OVFL };
  struct address local, to;
  int everything = (1 << 15) - 1;
  int fd = bound_to(any, &local);
  struct datagram_socket s;
  struct datagram first;
  size_t i = 0;
  if (fd == -1) return;
  datagram_adopt(&s, fd, &local);
  address_parse(&to, one, address_port(&local));
  setsockopt(fd, IPPROTO_IP, IP_RECVTOS, &(int){ 1 }, sizeof(int));
  setsockopt(fd, IPPROTO_IP, IP_RECVTTL, &(int){ 1 }, sizeof(int));
  for (; i < sizeof names / sizeof names[0]; i++)
  {
    while (everything && setsockopt(fd, SOL_SOCKET, names[i], &everything, sizeof everything) == -1) everything >>= 1;
    ok(t, sends(fd, &to, "x"));
    ok_for(t, one, !datagram_take(&s) && datagram_peek(&s, &first) == 0);
    ok_for(t, one, first.target.length == to.length && !address_is_wildcard(&first.target));
    if (any[0] == '0') ok_for(t, one, first.target.sa.in4.sin_addr.s_addr == to.sa.in4.sin_addr.s_addr);
    take_out(fd);
    /* Without the chance to undo them: then the address is the one it is, or that of the socket. */
    setsockopt(fd, SOL_SOCKET, names[i], &everything, sizeof everything);
    setsockopt(fd, IPPROTO_IP, IP_RECVTOS, &(int){ 1 }, sizeof(int));
    ok(t, sends(fd, &to, "x") && datagram_peek(&s, &first) == 0);
    if (any[0] == '0')
      ok_for(t, one, address_is_wildcard(&first.target) || first.target.sa.in4.sin_addr.s_addr == to.sa.in4.sin_addr.s_addr);
    take_out(fd);
    datagram_take(&s);
  }
  close(fd);
#else
  (void)t;
  (void)any;
  (void)one;
#endif
}

int main(void)
{
  struct tap t = { 0, 0 };
  peeking(&t, "0.0.0.0", "127.0.0.1");
  peeking(&t, "::", "::1");
  long_ones_differ(&t);
  identical_ones_differ(&t);
  taking_back(&t);
  local_senders(&t);
  passed_descriptors(&t, 0);
  passed_descriptors(&t, 1);
  options(&t, "127.0.0.1");
  options(&t, "::1");
  options(&t, 0);
  stamps(&t, "0.0.0.0", "127.0.0.1");
  stamps(&t, "::", "::1");
  return tap_done(&t);
}
