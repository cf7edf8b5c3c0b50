/* Many descriptors that are only read from, and of which few are ready at a time: epoll on Linux, poll elsewhere or where
   epoll is refused, with one contract. The daemon's main poll stays as it is: the set takes part in it by
   platform_watch_poll(). */

#ifndef SALLYPORT_PLATFORM_WATCH_H
#define SALLYPORT_PLATFORM_WATCH_H

#include <poll.h>
#include <stdint.h>

#include "watch_portable.h"

struct platform_watch
{
  int fd;                          /* of epoll; -1: the portable way */
  struct watch_portable portable;
};

/* Begins with an empty set. Cannot fail: where the system refuses epoll, the portable way is taken. Whatever is
   opened is close-on-exec. */
extern void platform_watch_start(struct platform_watch *);

/* Forgets all of it. The descriptors that were watched stay open. */
extern void platform_watch_end(struct platform_watch *);

/* Watches fd, which must not be in the set, for reading. It is reported as long as it is ready (level-triggered; with
   SO_RCVLOWAT, from so many bytes on, and at the end of file). `cookie` comes back with each report. The caller keeps
   fd. -1 with errno of a shortage: ENOMEM, EMFILE, ENFILE... */
extern int platform_watch_add(struct platform_watch *, int fd, uint64_t cookie);

/* Must be called before fd is closed: a child on its way to execve still has a copy of it, and epoll would go on
   reporting it. */
extern void platform_watch_remove(struct platform_watch *, int fd);

/* The descriptor by which the set takes part in the main poll, for POLLIN; -1 with the portable way, which poll(2)
   takes for an entry to be left out. It may be asked for once, after start. */
extern int platform_watch_fd(struct platform_watch const *);

/* poll(2) on the caller's entries, among them the one of platform_watch_fd(), and on the set. `w` may be 0. Returns as
   poll does for the entries, where readiness of the portable set counts as one more: 0 means that nothing at all
   is ready. -1 with errno of poll. */
extern int platform_watch_poll(struct platform_watch *w, struct pollfd *entries, nfds_t n, int milliseconds);

/* Fills in the cookies of at most `max` descriptors that are readable, at their end or in error: now, or, in the portable
   way, when platform_watch_poll() returned. Never waits. Returns how many. Those that find no room are reported after the
   next poll, before the others. The caller may remove descriptors while it goes through them: a later cookie of the same
   batch may then be of one that is gone, and must show it (give it a generation). */
extern unsigned int platform_watch_take(struct platform_watch *, uint64_t *cookies, unsigned int max);

#endif
