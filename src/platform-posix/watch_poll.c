/* Watching descriptors without a descriptor for all of them. */

#include <string.h>

#include "platform_watch.h"

void platform_watch_start(struct platform_watch *w)
{
  memset(w, 0, sizeof *w);
  w->fd = -1;
}

void platform_watch_end(struct platform_watch *w)
{
  watch_portable_end(&w->portable);
}

int platform_watch_add(struct platform_watch *w, int fd, uint64_t cookie)
{
  return watch_portable_add(&w->portable, fd, cookie);
}

void platform_watch_remove(struct platform_watch *w, int fd)
{
  watch_portable_remove(&w->portable, fd);
}

int platform_watch_fd(struct platform_watch const *w)
{
  return w->fd;
}

int platform_watch_poll(struct platform_watch *w, struct pollfd *entries, nfds_t n, int milliseconds)
{
  return w ? watch_portable_poll(&w->portable, entries, n, milliseconds) : poll(entries, n, milliseconds);
}

unsigned int platform_watch_take(struct platform_watch *w, uint64_t *cookies, unsigned int max)
{
  return watch_portable_take(&w->portable, cookies, max);
}
