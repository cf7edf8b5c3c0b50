/* The portable half of platform_watch.h: an array for poll(2), and where each descriptor stands in it. */

#ifndef SALLYPORT_WATCH_PORTABLE_H
#define SALLYPORT_WATCH_PORTABLE_H

#include <poll.h>
#include <stdint.h>

struct watch_portable
{
  struct pollfd *entries;  /* those watched, then room for the entries of the caller */
  nfds_t room;
  nfds_t used;
  uint64_t *cookies;
  nfds_t cookies_room;
  nfds_t *places;          /* by descriptor: its index in entries */
  nfds_t places_room;
  nfds_t next;             /* where the next search for ready ones begins */
};

/* As platform_watch_* without a descriptor. All of it zero is an empty set. */
extern void watch_portable_end(struct watch_portable *);
extern int watch_portable_add(struct watch_portable *, int fd, uint64_t cookie);
extern void watch_portable_remove(struct watch_portable *, int fd);
extern int watch_portable_poll(struct watch_portable *, struct pollfd *entries, nfds_t n, int milliseconds);
extern unsigned int watch_portable_take(struct watch_portable *, uint64_t *cookies, unsigned int max);

#endif
