/* The slots of the launcher: each holds what one child reads until it executes its program. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/djbunix.h>

#include "launch.h"
#include "launch_slots.h"
#include "platform.h"

/* How long to wait for a launch that is on its way, milliseconds: longer than any healthy execve takes, short enough that signals
   are still obeyed at once. */
enum { SLOT_WAIT = 50 };

static struct launch *make_slot(struct launcher *l)
{
  struct launch *s = malloc(sizeof *s);
  if (!s) return 0;
  memset(s, 0, offsetof(struct launch, space));
  s->launcher = l;
  s->child.stack = s->stack + sizeof s->stack;
  s->owed = -1;
  s->child.daemon = getpid();
  s->child.descriptors = l->descriptors;
  s->child.news = &l->news;
  s->table = malloc((LAUNCH_VARIABLES + l->inherited_count + 1) * sizeof *s->table);
  if (!s->table)
  {
    free(s);
    return 0;
  }
  memcpy(s->table + LAUNCH_VARIABLES, l->inherited, (l->inherited_count + 1) * sizeof *s->table);
  l->slots[l->count++] = s;
  return s;
}

int launch_shares(struct launch const *s)
{
  return __atomic_load_n(&s->child.shares, __ATOMIC_ACQUIRE) != 0;
}

void launch_settle(struct launch *s)
{
  if (s->owed == -1 || launch_shares(s)) return;
  fd_close(s->owed);
  s->owed = -1;
  s->launcher->owing--;
}

int launcher_settle(struct launcher *l)
{
  unsigned int i = 0;
  for (; l->owing && i < l->count; i++) launch_settle(l->slots[i]);
  return l->owing > 0;
}

/* The kernel clears this word asynchronously: load it atomically. */
static int is_busy(struct launch const *s)
{
  return __atomic_load_n(&s->child.busy, __ATOMIC_ACQUIRE) || launch_shares(s) || s->child.error;
}

static struct launch *free_slot(struct launcher *l)
{
  unsigned int i = 0;
  for (; i < l->count; i++)
  {
    struct launch *s = l->slots[l->next];
    l->next = l->next + 1 < l->count ? l->next + 1 : 0;
    launch_settle(s);
    if (!is_busy(s)) return s;
  }
  return 0;
}

/* How many launches are on their way. Slots are taken in turn: the first of these is the oldest, and *oldest is set if there is
   one. They arrive at any moment, so one look has to answer both. */
static unsigned int on_their_way(struct launcher const *l, struct launch **oldest)
{
  unsigned int i = 0, n = 0;
  for (; i < l->count; i++)
  {
    struct launch *s = l->slots[(l->next + i) % l->count];
    if (is_busy(s) && !n++) *oldest = s;
  }
  return n;
}

int launcher_is_idle(struct launcher const *l)
{
  struct launch *oldest;
  return !on_their_way(l, &oldest);
}

static int waits(struct launch const *s)
{
  return is_busy(s) ? __atomic_load_n(&s->child.waits, __ATOMIC_ACQUIRE) : 0;
}

/* The mark is cleared before the slots are looked at: a child that begins to wait meanwhile sets it again. */
int launcher_waits(struct launcher *l)
{
  unsigned int i = 0;
  int e = 0;
  if (!__atomic_load_n(&l->news, __ATOMIC_ACQUIRE)) return 0;
  __atomic_store_n(&l->news, 0, __ATOMIC_SEQ_CST);
  for (; i < l->count && !e; i++) e = waits(l->slots[i]);
  if (e) __atomic_store_n(&l->news, 1, __ATOMIC_RELEASE);
  return e;
}

/* More launches than the usual number take the processors from each other and from the programs that run, and the last of them is
   late. One that takes long, as from a slow disk, is not waited for again before all have arrived. */
static void take_turn(struct launcher *l)
{
  struct launch *oldest = 0;
  unsigned int n = on_their_way(l, &oldest);
  if (!oldest) l->at_once = l->usual;
  if (!oldest || n < l->at_once) return;
  platform_launch_wait(&oldest->child, SLOT_WAIT);
  if (is_busy(oldest)) l->at_once *= 2;
}

static struct launch *any_slot(struct launcher *l)
{
  int e = launcher_waits(l);
  struct launch *s;
  if (e) return (errno = e, (struct launch *)0);
  take_turn(l);
  s = free_slot(l);
  if (s) return s;
  if (l->count < LAUNCH_SLOTS) return make_slot(l);
  platform_launch_wait(&l->slots[l->next]->child, SLOT_WAIT);
  s = free_slot(l);
  if (!s) errno = EAGAIN;
  return s;
}

struct launch *launcher_slot(struct launcher *l)
{
  struct launch *s = any_slot(l);
  if (!s) return 0;
  s->child.file = l->file;
  s->child.argv = l->argv;
  s->child.own_group = l->own_groups;
  s->first = s->table + LAUNCH_VARIABLES;
  s->strings.s = s->space;
  s->strings.length = 0;
  s->strings.max = sizeof s->space;
  s->strings.cut = 0;
  return s;
}
