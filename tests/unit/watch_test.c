/* platform_watch.h: the same contract by epoll and by poll. */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <skalibs/strerr.h>

#include "platform_watch.h"
#include "tap.h"

enum { MANY = 200 };

struct pairs
{
  int here[MANY];
  int there[MANY];
};

static void open_pairs(struct pairs *p, int n)
{
  int i = 0, two[2];
  for (; i < n; i++)
  {
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, two) == -1) _exit(111);
    p->here[i] = two[0];
    p->there[i] = two[1];
  }
}

static void put(int fd)
{
  if (write(fd, "x", 1) != 1) _exit(111);
}

static void close_pairs(struct pairs *p, int n)
{
  while (n--)
  {
    close(p->here[n]);
    close(p->there[n]);
  }
}

static void start(struct platform_watch *w, int portable)
{
  platform_watch_start(w);
  if (!portable || w->fd == -1) return;
  close(w->fd);
  w->fd = -1;
}

/* One wait and one look, as a daemon does: beside an entry of its own. */
static unsigned int look(struct platform_watch *w, uint64_t *cookies, unsigned int max, int milliseconds)
{
  struct pollfd entries[2] = { { .fd = platform_watch_fd(w), .events = POLLIN }, { .fd = -1 } };
  if (platform_watch_poll(w, entries, 2, milliseconds) < 1) return 0;
  return platform_watch_take(w, cookies, max);
}

static void test_one(struct tap *t, int portable)
{
  struct platform_watch w;
  struct pairs p;
  uint64_t cookies[4];
  char c;
  start(&w, portable);
  open_pairs(&p, 2);
  ok_for(t, "an empty set is never ready", look(&w, cookies, 4, 0) == 0);
  ok(t, !platform_watch_add(&w, p.here[0], UINT64_MAX) && !platform_watch_add(&w, p.here[1], 7));
  ok_for(t, "nor is one that nothing has come for", look(&w, cookies, 4, 0) == 0);
  put(p.there[0]);
  ok_for(t, "the cookie comes back whole", look(&w, cookies, 4, -1) == 1 && cookies[0] == UINT64_MAX);
  ok_for(t, "as long as it is ready", look(&w, cookies, 4, 0) == 1 && cookies[0] == UINT64_MAX);
  ok(t, read(p.here[0], &c, 1) == 1);
  ok_for(t, "and no longer", look(&w, cookies, 4, 0) == 0);
  shutdown(p.there[1], SHUT_WR);
  ok_for(t, "an end of file is readable", look(&w, cookies, 4, -1) == 1 && cookies[0] == 7);
  platform_watch_remove(&w, p.here[1]);
  ok_for(t, "what is removed is not reported", look(&w, cookies, 4, 0) == 0);
  close(p.there[0]);
  ok_for(t, "a peer that is gone is", look(&w, cookies, 4, -1) == 1 && cookies[0] == UINT64_MAX);
  platform_watch_remove(&w, p.here[0]);
  close(p.here[0]);
  ok_for(t, "a set that is empty again", look(&w, cookies, 4, 0) == 0);
  close(p.here[1]);
  close(p.there[1]);
  platform_watch_end(&w);
}

static void test_entries(struct tap *t, int portable)
{
  struct platform_watch w;
  struct pairs p;
  struct pollfd entries[3] = { { .events = POLLIN }, { .events = POLLIN }, { .events = POLLOUT } };
  uint64_t cookie;
  start(&w, portable);
  open_pairs(&p, 2);
  entries[0].fd = platform_watch_fd(&w);
  entries[1].fd = p.here[1];
  entries[2].fd = p.here[1];
  platform_watch_add(&w, p.here[0], 5);
  ok_for(t, "the entries of the caller are polled as well", platform_watch_poll(&w, entries, 3, -1) == 1 && entries[2].revents == POLLOUT && !entries[1].revents);
  entries[2].fd = -1;
  put(p.there[1]);
  ok_for(t, "reading", platform_watch_poll(&w, entries, 3, -1) == 1 && entries[1].revents == POLLIN && !entries[2].revents);
  ok_for(t, "and nothing of the set is ready then", platform_watch_take(&w, &cookie, 1) == 0);
  put(p.there[0]);
  ok_for(t, "both", platform_watch_poll(&w, entries, 3, -1) == 2 && entries[1].revents == POLLIN && platform_watch_take(&w, &cookie, 1) == 1 && cookie == 5);
  ok_for(t, "without a set", platform_watch_poll(0, entries + 1, 1, -1) == 1 && entries[1].revents == POLLIN);
  close_pairs(&p, 2);
  platform_watch_end(&w);
}

/* All are ready, and few are taken at a time: each has its turn before one has its second. */
static void test_turns(struct tap *t, int portable)
{
  struct platform_watch w;
  struct pairs p;
  uint64_t cookies[MANY];
  unsigned int seen[MANY] = { 0 }, got = 0, i, n;
  int good = 1;
  start(&w, portable);
  open_pairs(&p, MANY);
  for (i = 0; i < MANY; i++)
  {
    good &= !platform_watch_add(&w, p.here[i], i);
    put(p.there[i]);
  }
  ok_for(t, "many are added", good);
  while (got < MANY && (n = look(&w, cookies, 8, -1)) > 0)
    for (got += n, i = 0; i < n; i++) seen[cookies[i]]++;
  for (i = 0; i < MANY; i++) good &= seen[i] == 1;
  ok_for(t, "each has its turn", got == MANY && good);
  for (i = 0; i < MANY; i += 2) platform_watch_remove(&w, p.here[i]);
  for (got = 0; got < 3 * MANY && good && (n = look(&w, cookies, 16, -1)) > 0; got += n)
    for (i = 0; i < n; i++) good &= cookies[i] % 2 == 1;
  ok_for(t, "half of them are removed, and not seen again", good && got >= 3 * MANY);
  close_pairs(&p, MANY);
  platform_watch_end(&w);
}

static void test_descriptors(struct tap *t)
{
  struct platform_watch w;
  struct pairs p;
  struct rlimit before, none;
  uint64_t cookie;
  platform_watch_start(&w);
  ok(t, w.fd == -1 || fcntl(w.fd, F_GETFD) & FD_CLOEXEC);
  platform_watch_end(&w);
  open_pairs(&p, 1);
  getrlimit(RLIMIT_NOFILE, &before);
  none = before;
  none.rlim_cur = 3;
  setrlimit(RLIMIT_NOFILE, &none);
  platform_watch_start(&w);
  setrlimit(RLIMIT_NOFILE, &before);
  ok_for(t, "without a descriptor for the set it is polled", w.fd == -1 && !platform_watch_add(&w, p.here[0], 9));
  put(p.there[0]);
  ok(t, look(&w, &cookie, 1, -1) == 1 && cookie == 9);
  platform_watch_end(&w);
  close_pairs(&p, 1);
}

int main(void)
{
  struct tap t = { 0, 0 };
  int portable = 0;
  PROG = "watch_test";
  for (; portable < 2; portable++)
  {
    test_one(&t, portable);
    test_entries(&t, portable);
    test_turns(&t, portable);
  }
  test_descriptors(&t);
  return tap_done(&t);
}
