/* The children alive, by pid: see table.h. */

#include <errno.h>

#include "table.h"

enum { FIRST_ROOM = 256 };  /* one page */

/* Process ids come in a row: the golden ratio puts them apart, and the product takes a part of the room that need not be a power of two. */
static size_t home(struct children const *c, pid_t pid)
{
  uint64_t h = (uint32_t)((uint32_t)pid * UINT32_C(0x9e3779b1));
  return (size_t)(h * c->room >> 32);
}

static size_t after(struct children const *c, size_t i)
{
  return i + 1 == c->room ? 0 : i + 1;
}

static size_t distance(struct children const *c, size_t from, size_t to)
{
  return from <= to ? to - from : to + c->room - from;
}

static struct child *put(struct children *c, struct child const *child)
{
  size_t i = home(c, child->pid);
  while (c->places[i].pid) i = after(c, i);
  c->places[i] = *child;
  return &c->places[i];
}

/* A power of two, the same and a half, the next power of two: where the table has just grown, half of it is used. */
static size_t next_room(size_t room)
{
  if (!room) return FIRST_ROOM;
  return room & (room - 1) ? room / 3 * 4 : room / 2 * 3;
}

static int grow(struct children *c)
{
  struct children bigger = { .room = next_room(c->room), .count = c->count };
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
  for (i = home(c, pid); c->places[i].pid; i = after(c, i))
    if (c->places[i].pid == pid) return &c->places[i];
  return 0;
}

/* Those after the gap move up unless that would put them before their home: no tombstones, so probing stays
   short for ever. */
void children_remove(struct children *c, struct child *child)
{
  size_t gap = (size_t)(child - c->places);
  size_t i = gap;
  for (;;)
  {
    i = after(c, i);
    if (!c->places[i].pid) break;
    if (distance(c, home(c, c->places[i].pid), i) < distance(c, gap, i)) continue;
    c->places[gap] = c->places[i];
    gap = i;
  }
  c->places[gap].pid = 0;
  c->count--;
}
