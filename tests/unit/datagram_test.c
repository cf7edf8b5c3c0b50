/* Looking into a datagram socket: what is told of the first datagram, that it stays, and that what a program
   has done to the socket is undone. */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "local_address.h"
#include "skd/datagram.h"
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

static void peeking(struct tap *t, char const *any, char const *one)
{
  struct address local, sender, to;
  struct datagram first, again;
  int fd = bound_to(any, &local), from = bound_to(one, &sender);
  if (fd == -1 || from == -1)
  {
    printf("# no %s here\n", any);
    return;
  }
  errno = 0;
  ok_for(t, any, datagram_peek(fd, &local, &first) == -1 && (errno == EAGAIN || errno == EWOULDBLOCK));
  address_parse(&to, one, address_port(&local));
  ok(t, sends(from, &to, "one") && sends(from, &to, "two"));
  ok_for(t, any, datagram_peek(fd, &local, &first) == 0 && first.length == 3);
  ok_for(t, any, same_port(&first.sender, &sender));
  ok_for(t, any, is_told(&first.target) && same_port(&first.target, &local));
  ok(t, is_waiting(fd, "one"));
  ok(t, datagram_peek(fd, &local, &again) == 0 && datagram_same(&first, &again));
  take_out(fd);
  ok(t, datagram_peek(fd, &local, &again) == 0 && !datagram_same(&first, &again));
  close(fd);
  close(from);
}

static void long_ones_differ(struct tap *t)
{
  struct address local;
  struct datagram a, b;
  char text[2000];
  int fd = bound_to("127.0.0.1", &local);
  memset(text, 'x', sizeof text);
  text[sizeof text - 1] = 0;
  ok(t, sends(fd, &local, text) && datagram_peek(fd, &local, &a) == 0 && a.length == sizeof text - 1);
  recv(fd, text, sizeof text, 0);
  text[sizeof text - 2] = 0;
  ok(t, sends(fd, &local, text) && datagram_peek(fd, &local, &b) == 0 && !datagram_same(&a, &b));
  close(fd);
}

/* A port that the system chose may be lost with a connection. */
static void taking_back(struct tap *t)
{
  struct address local, sender, now = { .length = sizeof now.sa };
  struct datagram first;
  int fd = bound_to("127.0.0.1", &local), from = bound_to("127.0.0.1", &sender), other = bound_to("127.0.0.1", &now);
  ok(t, connect(fd, &sender.sa.any, sender.length) == 0);
  ok(t, fcntl(fd, F_SETFL, O_NONBLOCK) == 0);
  datagram_take(fd, &local);
  ok(t, !(fcntl(fd, F_GETFL) & O_NONBLOCK));
  now.length = sizeof now.sa;
  ok(t, getpeername(fd, &now.sa.any, &now.length) == -1 && errno == ENOTCONN);
  now.length = sizeof now.sa;
  ok(t, getsockname(fd, &now.sa.any, &now.length) == 0 && same_port(&now, &local));
  ok(t, sends(other, &local, "hello") && datagram_peek(fd, &local, &first) == 0);
  close(fd);
  close(from);
  close(other);
}

static void local_senders(struct tap *t)
{
  struct address local = { .length = sizeof local.sa }, abstract;
  struct datagram first;
  int fd = socket(AF_UNIX, SOCK_DGRAM, 0), from = socket(AF_UNIX, SOCK_DGRAM, 0), pair[2];
  union { struct cmsghdr align; char bytes[CMSG_SPACE(sizeof(int))]; } control = { .bytes = { 0 } };
  struct msghdr m = { .msg_control = &control, .msg_controllen = sizeof control };
  struct cmsghdr *c = CMSG_FIRSTHDR(&m);
  local_parse(&abstract, "@");
  ok(t, bind(fd, &(struct sockaddr){ .sa_family = AF_UNIX }, sizeof(sa_family_t)) == 0);
  getsockname(fd, &local.sa.any, &local.length);
  datagram_take(fd, &local);
  ok(t, sends(from, &local, "hi") && datagram_peek(fd, &local, &first) == 0);
  ok(t, !first.sender.length || first.sender.length == sizeof(sa_family_t));
#ifdef SO_PASSCRED
  ok(t, first.pid == getpid() && first.uid == geteuid() && first.gid == getegid());
#endif
  take_out(fd);
  /* Descriptors that are passed are copied by each look: none may stay. */
  ok(t, pipe(pair) == 0);
  c->cmsg_level = SOL_SOCKET;
  c->cmsg_type = SCM_RIGHTS;
  c->cmsg_len = CMSG_LEN(sizeof(int));
  memcpy(CMSG_DATA(c), &pair[1], sizeof(int));
  m.msg_name = &local.sa;
  m.msg_namelen = local.length;
  ok(t, sendmsg(from, &m, 0) == 0 && datagram_peek(fd, &local, &first) == 0);
  close(pair[1]);
  take_out(fd);
  fcntl(pair[0], F_SETFL, O_NONBLOCK);
  ok(t, read(pair[0], &first, 1) == 0);
  close(pair[0]);
  close(fd);
  close(from);
}

int main(void)
{
  struct tap t = { 0, 0 };
  peeking(&t, "0.0.0.0", "127.0.0.1");
  peeking(&t, "::", "::1");
  long_ones_differ(&t);
  taking_back(&t);
  local_senders(&t);
  return tap_done(&t);
}
