/* Watching descriptors with epoll: what is idle costs nothing. */

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "platform_watch.h"

enum { BATCH = 64 };

void platform_watch_start(struct platform_watch *w)
{
  memset(w, 0, sizeof *w);
  w->fd = epoll_create1(EPOLL_CLOEXEC);
}

void platform_watch_end(struct platform_watch *w)
{
  if (w->fd != -1) close(w->fd);
  w->fd = -1;
  watch_portable_end(&w->portable);
}

/* ENOSPC is the number of watches that a user may have (epoll_ctl(2)), which others may use up and free again. */
int platform_watch_add(struct platform_watch *w, int fd, uint64_t cookie)
{
  struct epoll_event e = { .events = EPOLLIN, .data = { .u64 = cookie } };
  if (w->fd == -1) return watch_portable_add(&w->portable, fd, cookie);
  if (epoll_ctl(w->fd, EPOLL_CTL_ADD, fd, &e) == 0) return 0;
  if (errno == ENOSPC) errno = ENOMEM;
  return -1;
}

/* The event is not looked at. */
void platform_watch_remove(struct platform_watch *w, int fd)
{
  struct epoll_event none = { .events = 0 };
  if (w->fd == -1) watch_portable_remove(&w->portable, fd);
  else epoll_ctl(w->fd, EPOLL_CTL_DEL, fd, &none);
}

int platform_watch_fd(struct platform_watch const *w)
{
  return w->fd;
}

int platform_watch_poll(struct platform_watch *w, struct pollfd *entries, nfds_t n, int milliseconds)
{
  if (w && w->fd == -1) return watch_portable_poll(&w->portable, entries, n, milliseconds);
  return poll(entries, n, milliseconds);
}

/* epoll puts what it has reported at the end of its list: nothing waits for ever. */
unsigned int platform_watch_take(struct platform_watch *w, uint64_t *cookies, unsigned int max)
{
  struct epoll_event ready[BATCH];
  int n, i = 0;
  if (w->fd == -1) return watch_portable_take(&w->portable, cookies, max);
  n = epoll_wait(w->fd, ready, (int)(max < BATCH ? max : BATCH), 0);
  for (; i < n; i++) cookies[i] = ready[i].data.u64;
  return n > 0 ? (unsigned int)n : 0;
}
