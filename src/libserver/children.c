/* The children alive, by pid: see table.h. */

#include <errno.h>

#include "table.h"

enum { FIRST_ROOM = 256 };  /* one page */

static size_t home(struct children const *c, pid_t pid)
{
  uint64_t h = (uint32_t)pid * UINT64_C(0x9e3779b97f4a7c15);
  return (size_t)(h >> 32) & (c->room - 1);
}

static struct child *put(struct children *c, struct child const *child)
{
  size_t i = home(c, child->pid);
  while (c->places[i].pid) i = (i + 1) & (c->room - 1);
  c->places[i] = *child;
  return &c->places[i];
}

static int grow(struct children *c)
{
  struct children bigger = { .room = c->room ? 2 * c->room : FIRST_ROOM, .count = c->count };
  size_t i = 0;
  bigger.places = table_memory(bigger.room * sizeof *bigger.places);
  if (!bigger.places) return -1;
  for (; i < c->room; i++)
    if (c->places[i].pid) put(&bigger, &c->places[i]);
  table_release(c->places, c->room * sizeof *c->places);
  *c = bigger;
  return 0;
}

int children_reserve(struct children *c)
{
  return 4 * (c->count + 1) > 3 * c->room ? grow(c) : 0;
}

struct child *children_add(struct children *c, pid_t pid, uint32_t source, uint32_t start)
{
  struct child child = { .pid = pid, .source = source, .start = start, .state = 0 };
  c->count++;
  return put(c, &child);
}

struct child *children_find(struct children const *c, pid_t pid)
{
  size_t i;
  if (!c->room) return 0;
  for (i = home(c, pid); c->places[i].pid; i = (i + 1) & (c->room - 1))
    if (c->places[i].pid == pid) return &c->places[i];
  return 0;
}

/* Those after the gap move up unless that would put them before their home: no tombstones, so probing stays
   short for ever. */
void children_remove(struct children *c, struct child *child)
{
  size_t mask = c->room - 1;
  size_t gap = (size_t)(child - c->places);
  size_t i = gap;
  for (;;)
  {
    i = (i + 1) & mask;
    if (!c->places[i].pid) break;
    if (((i - home(c, c->places[i].pid)) & mask) < ((i - gap) & mask)) continue;
    c->places[gap] = c->places[i];
    gap = i;
  }
  c->places[gap].pid = 0;
  c->count--;
}
