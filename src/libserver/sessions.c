/* The part that ends sessions which last too long (--max-session) or carry nothing for too long (--max-idle): SIGTERM, and after
   a while SIGKILL (--kill-after). With --kill-group, what is left of a program's group is ended with it.

   No session has a timer. The table of children is looked through at most once a second, and only from the moment on at which
   the oldest session can be due. */

#include <signal.h>
#include <stdlib.h>

#include "asked.h"
#include "daemon_opts.h"
#include "die.h"
#include "engine.h"
#include "idle.h"
#include "parts.h"
#include "platform.h"
#include "state.h"

enum { SECOND = 1000 };  /* milliseconds */

struct sessions
{
  struct part part;
  uint64_t limit;       /* milliseconds; 0: none */
  struct idle idle;     /* its limit is 0: none */
  uint32_t kill_after;  /* seconds */
  uint64_t due;         /* clock_millis(): no session is due before; 0: none will be */
};

/* ---- the log ---- */

static void report_ending(struct server *s, pid_t pid, uint32_t seconds, char const *why)
{
  struct text *t;
  if (!log_wants(&s->log, LOG_EVENT)) return;
  t = log_begin(&s->log, "info");
  text_string(t, "ending pid ");
  text_number(t, (uint64_t)pid);
  text_string(t, " after ");
  text_number(t, seconds);
  text_string(t, " s: ");
  text_string(t, why);
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

/* SIGCONT: a program that is stopped could not obey. `state` keeps the time above its flags. */
static void tell_to_end(struct server *s, struct sessions *x, struct child *c, uint64_t now, char const *why)
{
  report_ending(s, c->pid, ((uint32_t)now - c->start) / SECOND, why);
  server_tell(s, c->pid, SIGTERM);
  server_tell(s, c->pid, SIGCONT);
  if (x->idle.limit) idle_forget(&x->idle, &s->children, c->state);
  c->state = (c->state & ((1 << CHILD_FLAG_BITS) - 1)) | CHILD_TOLD_TERM | asked_at(now) << CHILD_FLAG_BITS;
  s->counters.ended_by_limit++;
}

static void make_end(struct server *s, struct sessions const *x, struct child *c)
{
  report_killing(s, c->pid, x->kill_after);
  server_tell(s, c->pid, SIGKILL);
  c->state |= CHILD_TOLD_KILL;
}

/* Milliseconds until a program that was asked to end is killed: 0 now, UINT64_MAX never. */
static uint64_t left_to_end(struct sessions const *x, struct child const *c, uint64_t now)
{
  if (c->state & CHILD_TOLD_KILL) return UINT64_MAX;
  return asked_left(c->state >> CHILD_FLAG_BITS, x->kill_after, now);
}

static uint64_t left_of_session(struct sessions const *x, struct child const *c, uint64_t now)
{
  uint32_t since = (uint32_t)now - c->start;
  return !x->limit ? UINT64_MAX : since >= x->limit ? 0 : x->limit - since;
}

/* Milliseconds until this child is to be looked at again. */
static uint64_t look_at(struct server *s, struct sessions *x, struct child *c, uint64_t now)
{
  uint64_t session, idle;
  if (c->state & CHILD_TOLD_TERM)
  {
    if (!left_to_end(x, c, now)) make_end(s, x, c);
    return left_to_end(x, c, now);
  }
  session = left_of_session(x, c, now);
  idle = session && x->idle.limit ? idle_left(&x->idle, c, now) : UINT64_MAX;
  if (session && idle) return session < idle ? session : idle;
  tell_to_end(s, x, c, now, session ? "idle" : "session");
  return left_to_end(x, c, now);
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

static uint64_t earliest(struct sessions const *x)
{
  if (!x->limit) return x->idle.limit;
  return x->idle.limit && x->idle.limit < x->limit ? x->idle.limit : x->limit;
}

static void note(struct server *s, struct sessions *x, struct client const *client, pid_t pid, uint64_t now)
{
  struct child *child = children_find(&s->children, pid);
  struct platform_connection c;
  if (!child) return;
  if (client->connection) idle_note(&x->idle, child, client->connection, now);
  else if (idle_connection(&c, client->fd)) idle_note(&x->idle, child, &c, now);
}

/* Where another process takes the connection over, it is looked at before. */
static enum fate admit(struct server *s, void *data, struct client *client)
{
  struct platform_connection c;
  (void)s;
  (void)data;
  if (client->connection || !idle_connection(&c, client->fd)) return CLIENT_GOES_ON;
  client->connection = malloc(sizeof c);
  if (client->connection) *client->connection = c;
  return CLIENT_GOES_ON;
}

static void launched(struct server *s, void *data, struct client const *client, pid_t pid)
{
  struct sessions *x = data;
  uint64_t now = clock_millis();
  if (x->idle.limit) note(s, x, client, pid, now);
  if (!x->due || x->due > now + earliest(x)) x->due = now + earliest(x);
}

static int ended(struct server *s, void *data, struct ended const *e)
{
  struct sessions *x = data;
  if (x->idle.limit && !(e->state & CHILD_TOLD_TERM)) idle_forget(&x->idle, &s->children, e->state);
  return 0;
}

/* ---- an upgrade ---- */

static char const *save(struct server *s, void *data, struct state *st)
{
  struct sessions const *x = data;
  (void)s;
  state_word(st, x->part.name);
  state_line(st);
  idle_save(&x->idle, st, x->part.name);
  return 0;
}

/* The first line has no values: the sessions that went over are looked at soon. */
static void resume(struct server *s, void *data, char const *values)
{
  struct sessions *x = data;
  x->due = clock_millis();
  if (x->idle.limit) idle_resume(&x->idle, &s->children, values);
}

/* ---- configuration ---- */

/* Multipath TCP is made of several connections of TCP, whose addresses and cookies are not those of the socket. */
static void adopted(struct server *s, void *data, struct listener const *l)
{
  struct sessions const *x = data;
  (void)s;
  if (!x->idle.limit) return;
  if (!address_is_ip(&l->local)) die_idle_local();
  if (!platform_is_tcp(l->fd)) die_usage("--max-idle and --mptcp cannot be used together");
}

void part_sessions(struct server *s)
{
  struct sessions *x;
  uint64_t limit = opts_number(s->opts, "max-session", 0) * SECOND, idle = opts_number(s->opts, "max-idle", 0);
  if (!limit && !idle) return;
  x = calloc(1, sizeof *x);
  if (!x) die_system("allocate memory");
  x->limit = limit;
  if (idle) idle_start(&x->idle, idle);
  x->kill_after = (uint32_t)opts_number(s->opts, "kill-after", KILL_AFTER_DEFAULT);
  x->part = (struct part){
    .name = "sessions",
    .data = x,
    .adopted = &adopted,
    .prepare = &prepare,
    .tick = &tick,
    .admit = idle && s->family->between ? &admit : 0,
    .launched = &launched,
    .ended = &ended,
    .save = &save,
    .resume = &resume
  };
  server_add_part(s, &x->part);
}
