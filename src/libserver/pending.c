/* Clients that wait without a program: see pending.h. Each kind has a queue in the order of arrival, which is that of
   their deadlines. The queues whose clients are to be launched have a clock that stands still while the daemon is
   full or holds; entries of theirs that are ready then are parked. pending_loop.c is the rest. */

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "waiting.h"

enum { SPARE_DESCRIPTORS = 16 };  /* for a client on its way, a launch, the rules */

/* ---- the clock of those who are to be launched ---- */

int waiting_may_enter(struct server const *s)
{
  return !s->hold.paused && !server_is_full(s);
}

void waiting_watch_clock(struct server *s, struct waiting *w, uint64_t now)
{
  int runs = waiting_may_enter(s);
  if (runs && w->still_since) w->stood_still += now - w->still_since;
  if (runs) w->still_since = 0;
  else if (!w->still_since) w->still_since = now;
}

uint64_t waiting_time(struct waiting const *w, struct pending_queue const *q, uint64_t now)
{
  if (!q->kind->enters) return now;
  return (w->still_since ? w->still_since : now) - w->stood_still;
}

/* ---- queues ---- */

static void append(struct pending_queue *q, struct pending *p)
{
  p->before = q->last;
  p->after = 0;
  if (q->last) q->last->after = p;
  else q->first = p;
  q->last = p;
}

static void unlink_entry(struct pending_queue *q, struct pending *p)
{
  if (p->before) p->before->after = p->after;
  else q->first = p->after;
  if (p->after) p->after->before = p->before;
  else q->last = p->before;
}

struct pending *waiting_oldest(struct waiting const *w, int that_yields)
{
  struct pending_queue *q = w->queues;
  struct pending *p = 0;
  for (; q && !p; q = q->next)
  {
    if (that_yields && !q->kind->yields) continue;
    for (p = q->first; p && p->parked;) p = p->after;
  }
  return p;
}

void waiting_end(struct server *s, struct pending *p, enum pending_end why)
{
  struct pending_kind const *kind = p->queue->kind;
  kind->over(s, kind->data, p, why);
}

/* At --max-pending the next clients wait in the backlog, unless a pending client gives way. */
static void pause_if_full(struct server *s, struct waiting *w)
{
  int full = w->count >= w->max && !waiting_oldest(w, 1);
  if (full == w->full) return;
  w->full = full;
  if (full) server_pause(s);
  else server_go_on(s);
}

/* ---- parking ---- */

void waiting_park(struct waiting *w, struct pending *p)
{
  platform_watch_remove(&w->watch, p->client.fd);
  p->parked = 1;
  p->next_parked = 0;
  *w->parked_end = p;
  w->parked_end = &p->next_parked;
}

static void take_from_parked(struct waiting *w, struct pending *p)
{
  struct pending **at = &w->parked;
  while (*at != p) at = &(*at)->next_parked;
  *at = p->next_parked;
  if (!*at) w->parked_end = at;
  p->parked = 0;
}

static int watch_entry(struct waiting *w, struct pending *p)
{
  return platform_watch_add(&w->watch, p->client.fd, (uint64_t)(uintptr_t)p);
}

void waiting_look(struct server *s, struct pending *p)
{
  struct pending_kind const *kind = p->queue->kind;
  kind->ready(s, kind->data, p);
}

/* Where it cannot be watched again for want of memory it stays parked. */
void waiting_unpark(struct server *s, struct waiting *w, struct pending *p)
{
  if (watch_entry(w, p) == -1)
  {
    hold_begin(s, 0, "wait for a client", errno);
    return;
  }
  take_from_parked(w, p);
  waiting_look(s, p);
}

/* ---- coming and going ---- */

/* What this process may still open is about the limit less the number of the latest descriptor. */
static void begin_watching(struct waiting *w, int fd)
{
  struct rlimit files;
  if (w->started) return;
  w->started = 1;
  platform_watch_start(&w->watch);
  if (getrlimit(RLIMIT_NOFILE, &files) == -1 || files.rlim_cur == RLIM_INFINITY) return;
  if (files.rlim_cur > (rlim_t)fd + SPARE_DESCRIPTORS + w->max) return;
  w->max = files.rlim_cur > (rlim_t)fd + SPARE_DESCRIPTORS ? (unsigned int)(files.rlim_cur - (rlim_t)fd - SPARE_DESCRIPTORS) : 1;
}

static void make_room(struct server *s, struct waiting *w)
{
  struct pending *p = w->count >= w->max ? waiting_oldest(w, 1) : 0;
  if (p) waiting_end(s, p, PENDING_ASIDE);
}

/* A crowd of silent clients costs memory for each: what is not known yet takes none. */
static size_t size_of(struct client const *client)
{
  return client->identified || client->via ? sizeof *client : offsetof(struct client, local);
}

int pending_wait(struct server *s, struct pending_queue *q, struct client *client)
{
  struct waiting *w = s->waiting;
  struct pending *p;
  begin_watching(w, client->fd);
  make_room(s, w);
  if (w->count >= w->max) return (errno = EAGAIN, -1);
  p = calloc(1, offsetof(struct pending, client) + size_of(client));
  if (!p) return -1;
  client->fd = launcher_keep(&s->launcher, client->fd);
  memcpy(&p->client, client, size_of(client));
  if (watch_entry(w, p) == -1)
  {
    launcher_kept(&s->launcher);
    free(p);
    return -1;
  }
  p->queue = q;
  if (q->kind->limit) p->deadline = waiting_time(w, q, clock_millis()) + q->kind->limit;
  append(q, p);
  if (!w->count++) s->watch = &w->watch;
  pause_if_full(s, w);
  return 0;
}

struct pending *pending_latest(struct pending_queue const *q)
{
  return q->last;
}

void pending_leave(struct server *s, struct pending *p, struct client *client)
{
  struct waiting *w = s->waiting;
  if (p->parked) take_from_parked(w, p);
  else platform_watch_remove(&w->watch, p->client.fd);
  unlink_entry(p->queue, p);
  p->queue = 0;
  memcpy(client, &p->client, size_of(&p->client));
  launcher_kept(&s->launcher);
  if (!--w->count) s->watch = 0;
  pause_if_full(s, w);
  if (!w->in_batch) free(p);
  else
  {
    p->after = w->gone;
    w->gone = p;
  }
}

void pending_visit(struct server const *s, void (*look)(void *, struct pending const *, struct pending_kind const *), void *data)
{
  struct pending_queue const *q = s->waiting ? s->waiting->queues : 0;
  struct pending const *p;
  for (; q; q = q->next)
    for (p = q->first; p; p = p->after) look(data, p, q->kind);
}

unsigned int pending_count(struct server const *s)
{
  return s->waiting ? s->waiting->count : 0;
}
