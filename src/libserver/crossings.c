/* The table of crossings: see crossings.h. */

#include <stdlib.h>

#include "crossings.h"

enum { FIRST_ROOM = 64 };

static struct crossing const fresh = { .fd = -1 };

uint32_t crossing_number(struct crossings const *m, int fd)
{
  return (size_t)fd < m->fds ? m->by_fd[fd] : NOBODY;
}

struct crossing *crossing_of_fd(struct crossings const *m, int fd)
{
  uint32_t i = crossing_number(m, fd);
  return i == NOBODY ? 0 : m->all + i;
}

static int grow(struct crossings *m)
{
  uint32_t room = m->room ? 2 * m->room : FIRST_ROOM;
  struct crossing *larger = realloc(m->all, room * sizeof *larger);
  if (!larger) return -1;
  m->all = larger;
  for (; m->room < room; m->room++)
  {
    m->all[m->room] = fresh;
    m->all[m->room].next_free = m->first_free;
    m->first_free = m->room;
  }
  return 0;
}

static int make_room_for_fd(struct crossings *m, int fd)
{
  size_t fds = (size_t)fd + 1 > 2 * m->fds ? (size_t)fd + FIRST_ROOM : 2 * m->fds;
  uint32_t *larger;
  if (fd == -1 || (size_t)fd < m->fds) return 0;
  larger = realloc(m->by_fd, fds * sizeof *larger);
  if (!larger) return -1;
  m->by_fd = larger;
  for (; m->fds < fds; m->fds++) m->by_fd[m->fds] = NOBODY;
  return 0;
}

void crossing_free(struct crossings *m, uint32_t i)
{
  free(m->all[i].bytes);
  m->all[i] = fresh;
  m->all[i].next_free = m->first_free;
  m->first_free = i;
}

void crossing_leave_fd(struct crossings *m, uint32_t i)
{
  struct crossing *c = m->all + i;
  m->by_fd[c->fd] = NOBODY;
  c->fd = -1;
  free(c->bytes);
  c->bytes = 0;
}

/* The crossing of a program that could not be run stays, until the number of its socket is used again. */
static void forget_old(struct crossings *m, int fd)
{
  uint32_t i = m->by_fd[fd];
  if (i == NOBODY) return;
  crossing_leave_fd(m, i);
  if (!m->all[i].process) crossing_free(m, i);
}

uint32_t crossing_new(struct crossings *m, int fd)
{
  uint32_t i;
  if (children_reserve(&m->pids) == -1 || make_room_for_fd(m, fd) == -1) return NOBODY;
  if (fd != -1) forget_old(m, fd);
  if (m->first_free == NOBODY && grow(m) == -1) return NOBODY;
  i = m->first_free;
  m->first_free = m->all[i].next_free;
  m->all[i] = fresh;
  m->all[i].fd = fd;
  if (fd != -1) m->by_fd[fd] = i;
  return i;
}

int crossing_add_pid(struct crossings *m, pid_t pid, uint32_t i)
{
  if (children_reserve(&m->pids) == -1) return -1;
  children_add(&m->pids, pid, 0, 0)->state = i;
  return 0;
}
