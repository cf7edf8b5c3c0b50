/* Watching descriptors with poll(2). */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "watch_portable.h"

/* The array with room for `wanted` elements, doubled so that growing is rare; 0 with ENOMEM. */
static void *grown(void *array, nfds_t *room, nfds_t wanted, size_t size)
{
  nfds_t larger = *room ? *room : 16;
  void *p;
  if (wanted <= *room) return array;
  while (larger < wanted) larger *= 2;
  p = realloc(array, larger * size);
  if (p) *room = larger;
  return p;
}

static int grow_entries(struct watch_portable *w, nfds_t wanted)
{
  struct pollfd *p = grown(w->entries, &w->room, wanted, sizeof *p);
  if (!p) return -1;
  w->entries = p;
  return 0;
}

static int grow_cookies(struct watch_portable *w, nfds_t wanted)
{
  uint64_t *p = grown(w->cookies, &w->cookies_room, wanted, sizeof *p);
  if (!p) return -1;
  w->cookies = p;
  return 0;
}

static int grow_places(struct watch_portable *w, nfds_t wanted)
{
  nfds_t *p = grown(w->places, &w->places_room, wanted, sizeof *p);
  if (!p) return -1;
  w->places = p;
  return 0;
}

void watch_portable_end(struct watch_portable *w)
{
  free(w->entries);
  free(w->cookies);
  free(w->places);
  memset(w, 0, sizeof *w);
}

int watch_portable_add(struct watch_portable *w, int fd, uint64_t cookie)
{
  struct pollfd entry = { .fd = fd, .events = POLLIN };
  if (grow_entries(w, w->used + 1) == -1 || grow_cookies(w, w->used + 1) == -1) return -1;
  if (grow_places(w, (nfds_t)fd + 1) == -1) return -1;
  w->entries[w->used] = entry;
  w->cookies[w->used] = cookie;
  w->places[fd] = w->used++;
  return 0;
}

/* The last one takes its place. */
void watch_portable_remove(struct watch_portable *w, int fd)
{
  nfds_t place = w->places[fd];
  w->used--;
  w->entries[place] = w->entries[w->used];
  w->cookies[place] = w->cookies[w->used];
  w->places[w->entries[place].fd] = place;
}

/* The caller's entries travel after ours: only so is it one call. */
int watch_portable_poll(struct watch_portable *w, struct pollfd *entries, nfds_t n, int milliseconds)
{
  int r;
  if (!w->used) return poll(entries, n, milliseconds);
  if (grow_entries(w, w->used + n) == -1) return -1;
  memcpy(w->entries + w->used, entries, n * sizeof *entries);
  r = poll(w->entries, w->used + n, milliseconds);
  if (r != -1) memcpy(entries, w->entries + w->used, n * sizeof *entries);
  return r;
}

/* What is reported is no longer ready until the next poll finds it so. */
unsigned int watch_portable_take(struct watch_portable *w, uint64_t *cookies, unsigned int max)
{
  unsigned int n = 0;
  nfds_t looked = 0;
  for (; looked < w->used && n < max; looked++)
  {
    if (w->next >= w->used) w->next = 0;
    if (w->entries[w->next].revents) cookies[n++] = w->cookies[w->next];
    w->entries[w->next++].revents = 0;
  }
  return n;
}
