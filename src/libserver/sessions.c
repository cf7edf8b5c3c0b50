/* The part that ends sessions which last too long (--max-session): SIGTERM, and after a while SIGKILL (--kill-after). With
   --kill-group, what a program leaves behind is ended with it.

   No session has a timer. The table of children is looked through at most once a second, and only from the moment on at which
   the oldest session can be due. */

#include <signal.h>
#include <stdlib.h>

#include "die.h"
#include "engine.h"
#include "parts.h"

enum { SECOND = 1000, STATE_BITS = 8, TOLD_MASK = 0xffffff };  /* milliseconds; where `state` keeps a time in seconds, modulo 2^24 */

struct sessions
{
  struct part part;
  uint64_t limit;       /* milliseconds; 0: none */
  uint32_t kill_after;  /* seconds */
  uint64_t due;         /* clock_millis(): no session is due before; 0: none will be */
};

static uint32_t seconds_now(uint64_t now)
{
  return (uint32_t)(now / SECOND) & TOLD_MASK;
}

/* ---- the log ---- */

static void report_ending(struct server *s, pid_t pid, uint32_t seconds)
{
  struct text *t;
  if (!log_wants(&s->log, LOG_EVENT)) return;
  t = log_begin(&s->log, "info");
  text_string(t, "ending pid ");
  text_number(t, (uint64_t)pid);
  text_string(t, " after ");
  text_number(t, seconds);
  text_string(t, " s: session");
  log_end(&s->log);
}

static void report_killing(struct server *s, pid_t pid, uint32_t seconds)
{
  struct text *t;
  if (!log_wants(&s->log, LOG_WARNING)) return;
  t = log_begin(&s->log, "warning");
  text_string(t, "killing pid ");
  text_number(t, (uint64_t)pid);
  text_string(t, ": it did not end within ");
  text_number(t, seconds);
  text_string(t, " s");
  log_end(&s->log);
}

/* ---- one session ---- */

/* SIGCONT: a program that is stopped could not obey. */
static void tell_to_end(struct server *s, struct child *c, uint64_t now)
{
  report_ending(s, c->pid, ((uint32_t)now - c->start) / SECOND);
  server_tell(s, c->pid, SIGTERM);
  server_tell(s, c->pid, SIGCONT);
  c->state |= CHILD_TOLD_TERM | seconds_now(now) << STATE_BITS;
  s->counters.ended_by_limit++;
}

static void make_end(struct server *s, struct sessions const *x, struct child *c)
{
  report_killing(s, c->pid, x->kill_after);
  server_tell(s, c->pid, SIGKILL);
  c->state |= CHILD_TOLD_KILL;
}

/* Milliseconds until something is to be done about this child: 0 now, UINT64_MAX never. */
static uint64_t time_left(struct sessions const *x, struct child const *c, uint64_t now)
{
  uint32_t since;
  if (c->state & CHILD_TOLD_KILL) return UINT64_MAX;
  if (c->state & CHILD_TOLD_TERM)
  {
    since = (seconds_now(now) - (c->state >> STATE_BITS)) & TOLD_MASK;
    return since >= x->kill_after ? 0 : (uint64_t)(x->kill_after - since) * SECOND;
  }
  since = (uint32_t)now - c->start;
  return !x->limit ? UINT64_MAX : since >= x->limit ? 0 : x->limit - since;
}

static uint64_t look_at(struct server *s, struct sessions const *x, struct child *c, uint64_t now)
{
  uint64_t left = time_left(x, c, now);
  if (left) return left;
  if (c->state & CHILD_TOLD_TERM) make_end(s, x, c);
  else tell_to_end(s, c, now);
  return time_left(x, c, now);
}

/* ---- all of them ---- */

static void tick(struct server *s, void *data, uint64_t now)
{
  struct sessions *x = data;
  uint64_t least = UINT64_MAX;
  size_t i = 0;
  if (!x->due || now < x->due) return;
  for (; i < s->children.room; i++)
    if (s->children.places[i].pid) clock_sooner(&least, look_at(s, x, &s->children.places[i], now));
  x->due = least == UINT64_MAX ? 0 : now + (least < SECOND ? SECOND : least);
}

static void prepare(struct server *s, void *data, struct pollfd *p, uint64_t *when)
{
  struct sessions *x = data;
  (void)s;
  (void)p;
  clock_sooner(when, x->due);
}

static void launched(struct server *s, void *data, struct client const *client, pid_t pid)
{
  struct sessions *x = data;
  (void)s;
  (void)client;
  (void)pid;
  if (!x->due) x->due = clock_millis() + x->limit;
}

void part_sessions(struct server *s)
{
  struct sessions *x;
  uint64_t limit = opts_number(s->opts, "max-session", 0) * SECOND;
  if (!limit) return;
  x = calloc(1, sizeof *x);
  if (!x) die_system("allocate memory");
  x->limit = limit;
  x->kill_after = (uint32_t)opts_number(s->opts, "kill-after", KILL_AFTER_DEFAULT);
  x->part = (struct part){ .name = "sessions", .data = x, .tick = &tick, .prepare = &prepare, .launched = &launched };
  server_add_part(s, &x->part);
}
