/* The part that looks after the clients that wait, and those who have waited too long: see pending.h. */

#include <errno.h>
#include <stdlib.h>

#include "die.h"
#include "parts.h"
#include "waiting.h"

enum { MAX_DEFAULT = 1024 };

/* A shortage of descriptors that we make ourselves would not pass. */
static void relieve(struct server *s, struct waiting *w)
{
  struct pending *p;
  if (!s->hold.paused || (s->hold.error != EMFILE && s->hold.error != ENFILE) || s->hold.last == w->relieved) return;
  w->relieved = s->hold.last;
  p = waiting_oldest(w, 1);
  if (!p) p = waiting_oldest(w, 0);
  if (p) waiting_end(s, p, PENDING_ASIDE);
}

static void prepare(struct server *s, void *data, struct pollfd *entry, uint64_t *when)
{
  struct waiting *w = data;
  struct pending_queue *q = w->queues;
  uint64_t now;
  entry->fd = -1;
  if (!w->count) return;
  relieve(s, w);
  now = clock_millis();
  waiting_watch_clock(s, w, now);
  for (; q; q = q->next)
  {
    int stands_still = q->kind->enters && w->still_since;
    if (q->first && q->first->deadline && !stands_still) clock_sooner(when, q->first->deadline + (q->kind->enters ? w->stood_still : 0));
  }
  if (w->parked && !w->still_since) clock_sooner(when, now);
  entry->fd = platform_watch_fd(&w->watch);
  entry->events = POLLIN;
}

static void *cookie_pointer(uint64_t cookie)
{
  return (void *)(uintptr_t)cookie;
}

static void look_at_batch(struct server *s, struct waiting *w)
{
  uint64_t cookies[PENDING_BATCH];
  unsigned int n = platform_watch_take(&w->watch, cookies, PENDING_BATCH), i = 0;
  for (; i < n; i++)
  {
    struct pending *p = cookie_pointer(cookies[i]);
    if (!p->queue) continue;
    if (p->queue->kind->enters && !waiting_may_enter(s)) waiting_park(w, p);
    else waiting_look(s, p);
  }
}

/* The first of a queue that is ready gets a last look. */
static void end_late(struct server *s, struct waiting *w, struct pending_queue *q, uint64_t now)
{
  unsigned int n = 0;
  for (; n < PENDING_BATCH && q->first && q->first->deadline; n++)
  {
    struct pending *p = q->first;
    if (q->kind->enters && w->still_since) return;
    if (p->deadline > waiting_time(w, q, now)) return;
    if (p->parked) waiting_unpark(s, w, p);
    if (q->first == p) waiting_end(s, p, PENDING_LATE);
  }
}

static void free_gone(struct waiting *w)
{
  while (w->gone)
  {
    struct pending *p = w->gone;
    w->gone = p->after;
    free(p);
  }
}

static void attend(struct server *s, void *data, struct pollfd const *entry)
{
  struct waiting *w = data;
  struct pending_queue *q = w->queues;
  uint64_t now;
  unsigned int n = 0;
  (void)entry;
  if (!w->count) return;
  now = clock_millis();
  waiting_watch_clock(s, w, now);
  w->in_batch = 1;
  for (; n < PENDING_BATCH && w->parked && waiting_may_enter(s); n++) waiting_unpark(s, w, w->parked);
  look_at_batch(s, w);
  for (; q; q = q->next) end_late(s, w, q, now);
  w->in_batch = 0;
  free_gone(w);
}

static int busy(struct server *s, void *data)
{
  struct waiting const *w = data;
  (void)s;
  return w->count > 0;
}

/* ---- configuration ---- */

static struct waiting *waiting_of(struct server *s)
{
  struct waiting *w = s->waiting;
  if (w) return w;
  w = s->waiting = calloc(1, sizeof *w);
  if (!w) die_system("allocate memory");
  w->parked_end = &w->parked;
  w->max = (unsigned int)opts_number(s->opts, "max-pending", MAX_DEFAULT);
  if (!w->max) w->max = 1;
  w->part = (struct part){ .name = "pending", .data = w, .descriptors = 1, .prepare = &prepare, .attend = &attend, .busy = &busy };
  return w;
}

struct pending_queue *pending_queue(struct server *s, struct pending_kind const *kind)
{
  struct waiting *w = waiting_of(s);
  struct pending_queue *q = calloc(1, sizeof *q);
  if (!q) die_system("allocate memory");
  q->kind = kind;
  q->next = w->queues;
  w->queues = q;
  return q;
}

void part_pending(struct server *s)
{
  if (s->waiting) server_add_part(s, &s->waiting->part);
}
