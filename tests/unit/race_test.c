/* race.h: who wins, why the others lost, and that nothing is left open. Listeners on loopback, one of them with a full
   queue, which is as silent as a host that is gone. */

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "deadline.h"
#include "race.h"
#include "tap.h"

enum { PATIENCE = 20000 };

static int open_fds(void)
{
  int fd = 0, n = 0;
  for (; fd < 1024; fd++) n += fcntl(fd, F_GETFD) != -1;
  return n;
}

/* A listener on that address; its port goes into *a. */
static int listen_on(struct address *a, char const *ip)
{
  int fd;
  address_parse(a, ip, 0);
  fd = socket(a->sa.any.sa_family, SOCK_STREAM, 0);
  if (fd == -1 || bind(fd, &a->sa.any, a->length) == -1 || listen(fd, 0) == -1) return -1;
  getsockname(fd, &a->sa.any, &a->length);
  return fd;
}

/* Fills the queue of a listener: connections that are never accepted. */
static void fill(struct address const *a)
{
  int i = 0;
  for (; i < 8; i++)
  {
    int fd = socket(a->sa.any.sa_family, SOCK_STREAM, 0);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    connect(fd, &a->sa.any, a->length);
  }
}

/* An address with a port where no socket listens. A bound socket keeps the port until the test ends: the system would
   give a free one to another process at any time. SO_REUSEADDR lets the test bind to it once more. */
static void refusing(struct address *a, char const *ip)
{
  int fd, on = 1;
  address_parse(a, ip, 0);
  fd = socket(a->sa.any.sa_family, SOCK_STREAM, 0);
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(fd, &a->sa.any, a->length) == -1) return;
  getsockname(fd, &a->sa.any, &a->length);
}

static void test_order(struct tap *t)
{
  static char const *const given[] = { "192.0.2.1", "192.0.2.2", "2001:db8::1", "192.0.2.3", "2001:db8::2", 0 };
  struct race r = RACE_OF(SOCK_STREAM);
  struct address a;
  char space[256];
  struct text text = TEXT_IN(space);
  unsigned int i = 0;
  for (; given[i]; i++)
  {
    address_parse(&a, given[i], 80);
    race_add(&r, &a);
  }
  race_alternate(&r);
  for (i = 0; i < r.count; i++)
  {
    address_put(&text, &r.attempts[i].remote);
    text_string(&text, " ");
  }
  is_string(t, text_end(&text), "2001:db8::1 192.0.2.1 2001:db8::2 192.0.2.2 192.0.2.3 ", "IPv6 and IPv4 take turns, IPv6 first");
  for (i = 0; i < 2 * RACE_MAX; i++) race_add(&r, &a);
  ok(t, r.count == RACE_MAX);
}

static void test_refused_first(struct tap *t)
{
  struct race r = RACE_OF(SOCK_STREAM);
  struct address bad, good;
  int before, fd, listener = listen_on(&good, "127.0.0.1");
  refusing(&bad, "127.0.0.1");
  before = open_fds();
  race_add(&r, &bad);
  race_add(&r, &good);
  fd = race_run(&r, deadline_after(PATIENCE));
  ok(t, fd != -1 && r.last == 1);
  ok(t, r.attempts[0].error == ECONNREFUSED);
  ok(t, !(fcntl(fd, F_GETFL) & O_NONBLOCK));
  ok(t, fcntl(fd, F_GETFD) & FD_CLOEXEC);
  ok(t, open_fds() == before + 1);
  close(fd);
  close(listener);
}

static void test_silent_first(struct tap *t)
{
  struct race r = RACE_OF(SOCK_STREAM);
  struct address silent, good;
  int before, fd, listener = listen_on(&good, "127.0.0.1"), full = listen_on(&silent, "127.0.0.1");
  fill(&silent);
  before = open_fds();
  race_add(&r, &silent);
  race_add(&r, &good);
  fd = race_run(&r, deadline_after(PATIENCE));
  ok(t, fd != -1 && r.last == 1);
  ok(t, open_fds() == before + 1);
  close(fd);
  close(listener);
  close(full);
}

static void test_deadline(struct tap *t)
{
  struct race r = RACE_OF(SOCK_STREAM), s = RACE_OF(SOCK_STREAM);
  struct address silent, bad;
  int before, full = listen_on(&silent, "127.0.0.1");
  fill(&silent);
  refusing(&bad, "127.0.0.1");
  before = open_fds();
  race_add(&r, &silent);
  errno = 0;
  ok(t, race_run(&r, deadline_after(50)) == -1 && errno == ETIMEDOUT);
  ok(t, r.attempts[0].error == ETIMEDOUT);
  race_add(&s, &silent);
  race_add(&s, &bad);
  s.attempt_limit = 50;
  errno = 0;
  ok(t, race_run(&s, NO_DEADLINE) == -1 && errno == ECONNREFUSED && s.last == 1);
  ok(t, s.attempts[0].error == ETIMEDOUT);
  ok(t, open_fds() == before);
  close(full);
}

/* An address that no other test uses: its ports are ours. */
static void own_address(struct address *a)
{
  char ip[32];
  unsigned int n = (unsigned int)getpid();
  snprintf(ip, sizeof ip, "127.%u.%u.%u", 100 + n / 62500 % 100, 1 + n / 250 % 250, 1 + n % 250);
  address_parse(a, ip, 0);
}

static void test_local(struct tap *t)
{
  struct race r = RACE_OF(SOCK_STREAM), other = RACE_OF(SOCK_STREAM), self = RACE_OF(SOCK_STREAM);
  struct address good, from, here, free_port, seen = { .length = sizeof seen.sa };
  int fd, listener = listen_on(&good, "127.0.0.1");
  refusing(&free_port, "127.0.0.1");
  address_parse(&here, "127.0.0.1", 0);
  own_address(&from);
  r.local = &from;
  r.local_port = address_port(&free_port);
  race_add(&r, &good);
  fd = race_run(&r, deadline_after(PATIENCE));
  ok(t, fd != -1 && getsockname(fd, &seen.sa.any, &seen.length) == 0);
  ok(t, seen.sa.in4.sin_addr.s_addr == from.sa.in4.sin_addr.s_addr && address_port(&seen) == r.local_port);
  close(fd);
  address_parse(&from, "::1", 0);
  other.local = &from;
  race_add(&other, &good);
  errno = 0;
  ok(t, race_run(&other, NO_DEADLINE) == -1 && errno == EAFNOSUPPORT && other.skipped == 1);
  self.local = &here;  /* any address would take the port from every other test */
  self.local_port = address_port(&free_port);
  race_add(&self, &free_port);
  errno = 0;
  ok(t, race_run(&self, deadline_after(PATIENCE)) == -1 && errno == ECONNREFUSED);
  close(listener);
}

static int fail(int fd, int family, void const *context)
{
  (void)fd;
  return family == *(int const *)context ? (errno = EPROTO, -1) : 0;
}

static void test_prepare(struct tap *t)
{
  struct race r = RACE_OF(SOCK_DGRAM);
  struct address a;
  int family = AF_INET, before = open_fds();
  address_parse(&a, "127.0.0.1", 9);
  race_add(&r, &a);
  r.prepare = &fail;
  r.context = &family;
  errno = 0;
  ok(t, race_run(&r, NO_DEADLINE) == -1 && errno == EPROTO);
  ok(t, open_fds() == before);
  family = AF_INET6;
  r.attempts[0].error = 0;
  ok(t, race_run(&r, NO_DEADLINE) != -1);
}

int main(void)
{
  struct tap t = { 0, 0 };
  test_order(&t);
  test_refused_first(&t);
  test_silent_first(&t);
  test_deadline(&t);
  test_local(&t);
  test_prepare(&t);
  return tap_done(&t);
}
