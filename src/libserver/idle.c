/* Connections that carry nothing: see idle.h. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "die.h"
#include "idle.h"

enum { SECOND = 1000, FLAGS = (1 << CHILD_FLAG_BITS) - 1, WORDS4 = 2, WORDS6 = 9, MORE = 64 };

struct entry
{
  pid_t pid;
  uint32_t due;        /* milliseconds, modulo 2^32: not idle for too long before */
  uint32_t cookie[2];  /* both 0: its connection is gone */
  uint16_t local_port, remote_port;
  uint32_t words[];    /* local and remote address; with IPv6 the scope */
};

/* ---- entries and their numbers: 0 is none ---- */

static struct entry *entry_at(struct idle_table const *t, uint32_t index)
{
  return (struct entry *)(void *)(t->entries + index * t->size);
}

static uint32_t number_of(uint32_t state)
{
  return state >> CHILD_FLAG_BITS;
}

static struct entry *entry_of(struct idle const *x, uint32_t number)
{
  return entry_at(&x->tables[(number - 1) & 1], (number - 1) >> 1);
}

static void set_number(struct child *child, uint32_t number)
{
  child->state = (child->state & FLAGS) | number << CHILD_FLAG_BITS;
}

/* Of the entry that was appended last. */
static uint32_t last_number(struct idle const *x, uint32_t which)
{
  return 1 + ((x->tables[which].count - 1) << 1 | which);
}

static struct entry *append(struct idle_table *t)
{
  if (t->count == t->room)
  {
    uint32_t room = t->room + t->room / 4 + MORE;
    char *more = realloc(t->entries, room * t->size);
    if (!more) return 0;
    t->entries = more;
    t->room = room;
  }
  return entry_at(t, t->count++);
}

/* ---- a connection, in an entry and as the kernel wants it ---- */

static void pack(struct entry *e, struct platform_connection const *c)
{
  memcpy(e->cookie, c->cookie, sizeof e->cookie);
  e->local_port = c->local_port;
  e->remote_port = c->remote_port;
  if (c->family == AF_INET)
  {
    e->words[0] = c->local[0];
    e->words[1] = c->remote[0];
    return;
  }
  memcpy(e->words, c->local, sizeof c->local);
  memcpy(e->words + 4, c->remote, sizeof c->remote);
  e->words[8] = c->scope;
}

static void unpack(struct platform_connection *c, struct entry const *e, int family)
{
  memset(c, 0, sizeof *c);
  c->family = family;
  memcpy(c->cookie, e->cookie, sizeof c->cookie);
  c->local_port = e->local_port;
  c->remote_port = e->remote_port;
  if (family == AF_INET)
  {
    c->local[0] = e->words[0];
    c->remote[0] = e->words[1];
    return;
  }
  memcpy(c->local, e->words, sizeof c->local);
  memcpy(c->remote, e->words + 4, sizeof c->remote);
  c->scope = e->words[8];
}

/* ---- asking ---- */

/* A connection that has ended gives its program the time of the limit to notice. Where none has ever been found, the clients may be in
   another network namespace, and nothing is known of them. */
static uint64_t note_gone(struct idle *x, struct entry *e, uint32_t now)
{
  e->due = now + x->limit;
  if (x->works) e->cookie[0] = e->cookie[1] = 0;
  return x->limit;
}

static uint64_t ask(struct idle *x, struct entry *e, int family, uint32_t now)
{
  struct platform_connection c;
  uint32_t idle;
  if (!e->cookie[0] && !e->cookie[1]) return 0;
  unpack(&c, e, family);
  if (platform_connection_idle(x->fd, &c, &idle) == -1)
  {
    if (errno == ENOENT) return note_gone(x, e, now);
    e->due = now + SECOND;
    return SECOND;
  }
  x->works = 1;
  if (idle >= x->limit) return 0;
  e->due = now + x->limit - idle;
  return x->limit - idle;
}

uint64_t idle_left(struct idle *x, struct child const *child, uint64_t now)
{
  uint32_t number = number_of(child->state);
  struct entry *e;
  int32_t left;
  if (!number) return UINT64_MAX;
  e = entry_of(x, number);
  left = (int32_t)(e->due - (uint32_t)now);
  return left > 0 ? (uint64_t)left : ask(x, e, (number - 1) & 1 ? AF_INET6 : AF_INET, (uint32_t)now);
}

/* ---- coming and going ---- */

void idle_start(struct idle *x, uint64_t seconds)
{
  x->limit = (uint32_t)seconds * SECOND;
  x->tables[0].size = sizeof(struct entry) + WORDS4 * sizeof(uint32_t);
  x->tables[1].size = sizeof(struct entry) + WORDS6 * sizeof(uint32_t);
  x->fd = platform_connections_open();
  if (x->fd == -1 && errno == ENOSYS) die_usage("--max-idle needs Linux, where the kernel knows how long a connection has been idle");
  if (x->fd == -1) die_system("ask the kernel about connections, for --max-idle");
}

int idle_connection(struct platform_connection *c, int fd)
{
  if (platform_connection(fd, c) == 0) return 1;
  if (errno != ENOTCONN) return 0;
  *c = (struct platform_connection){ .family = AF_INET };  /* it has gone already */
  return 1;
}

void idle_note(struct idle *x, struct child *child, struct platform_connection const *c, uint64_t now)
{
  uint32_t which = c->family == AF_INET6;
  struct entry *e = append(&x->tables[which]);
  if (!e) return;
  e->pid = child->pid;
  e->due = (uint32_t)now + x->limit;
  pack(e, c);
  set_number(child, last_number(x, which));
}

/* The last entry takes the place of the one that goes. */
void idle_forget(struct idle *x, struct children const *children, uint32_t state)
{
  uint32_t number = number_of(state);
  struct idle_table *t;
  struct entry *e, *last;
  struct child *moved;
  if (!number) return;
  t = &x->tables[(number - 1) & 1];
  e = entry_of(x, number);
  last = entry_at(t, --t->count);
  if (e == last) return;
  memcpy(e, last, t->size);
  moved = children_find(children, e->pid);
  if (moved) set_number(moved, number);
}

/* ---- an upgrade ---- */

void idle_save(struct idle const *x, struct state *st, char const *word)
{
  uint64_t which = 0;
  uint32_t i;
  for (; which < 2; which++)
    for (i = 0; i < x->tables[which].count; i++)
    {
      state_word(st, word);
      state_number(st, which);
      state_bytes(st, entry_at(&x->tables[which], i), x->tables[which].size);
      state_line(st);
    }
}

/* A line of another version has another length: its session has no limit. */
void idle_resume(struct idle *x, struct children const *children, char const *values)
{
  char bytes[sizeof(struct entry) + WORDS6 * sizeof(uint32_t)];
  struct entry *e;
  struct child *child;
  uint64_t which;
  size_t length;
  pid_t pid;
  if (!state_take_number(&values, &which) || which > 1) return;
  if (!state_take_bytes(&values, bytes, sizeof bytes, &length) || length != x->tables[which].size) return;
  memcpy(&pid, bytes, sizeof pid);
  child = children_find(children, pid);
  if (!child || child->state & CHILD_TOLD_TERM) return;
  e = append(&x->tables[which]);
  if (!e) return;
  memcpy(e, bytes, length);
  set_number(child, last_number(x, (uint32_t)which));
}
