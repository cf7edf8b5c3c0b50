/* The part that limits how fast clients are accepted in all (--rate): the listeners are left alone until the next one may
   come, and the kernel's queue keeps it. No client is refused. */

#include <stdlib.h>

#include "die.h"
#include "engine.h"
#include "parts.h"
#include "state.h"
#include "rate.h"

enum { MICROS = 1000000, MENTION = 60000 };  /* microseconds in a second; milliseconds between two mentions in the log */

struct total_rate
{
  struct part part;
  struct rate rate;
  uint64_t cost;       /* microseconds that a client costs */
  uint64_t tolerance;  /* microseconds that may be owed */
  uint64_t owed_until; /* clock_micros() */
  uint64_t go_on_at;   /* clock_millis(); 0: not paused */
  uint64_t mentioned;  /* clock_millis(); 0: never */
};

static void report_reached(struct server *s, struct total_rate *x)
{
  uint64_t now = clock_millis();
  struct text *t;
  if (!log_wants(&s->log, LOG_WARNING) || (x->mentioned && now < x->mentioned + MENTION)) return;
  x->mentioned = now;
  t = log_begin(&s->log, "warning");
  text_string(t, "the rate ");
  text_number(t, x->rate.count);
  text_string(t, "/");
  text_number(t, x->rate.seconds);
  text_string(t, " is reached: further clients wait in the backlog");
  log_end(&s->log);
}

static void pause_until_owed(struct server *s, struct total_rate *x, uint64_t now)
{
  if (x->owed_until <= now + x->tolerance || x->go_on_at) return;
  x->go_on_at = (x->owed_until - x->tolerance) / 1000 + 1;
  server_pause(s);
}

static enum fate arrive(struct server *s, void *data, struct client *client)
{
  struct total_rate *x = data;
  uint64_t now = clock_micros();
  (void)client;
  if (x->owed_until < now) x->owed_until = now;
  x->owed_until += x->cost;
  if (x->owed_until - now <= x->tolerance || x->go_on_at) return CLIENT_GOES_ON;
  pause_until_owed(s, x, now);
  report_reached(s, x);
  return CLIENT_GOES_ON;
}

static void prepare(struct server *s, void *data, struct pollfd *p, uint64_t *when)
{
  struct total_rate *x = data;
  (void)s;
  (void)p;
  clock_sooner(when, x->go_on_at);
}

static void tick(struct server *s, void *data, uint64_t now)
{
  struct total_rate *x = data;
  if (!x->go_on_at || now < x->go_on_at) return;
  x->go_on_at = 0;
  server_go_on(s);
}

static char const *save(struct server *s, void *data, struct state *st)
{
  struct total_rate const *x = data;
  (void)s;
  state_word(st, x->part.name);
  state_number(st, x->owed_until);
  state_line(st);
  return 0;
}

static void resume(struct server *s, void *data, char const *values)
{
  struct total_rate *x = data;
  uint64_t until, now = clock_micros();
  if (!state_take_number(&values, &until) || until > now + 2 * (uint64_t)x->rate.seconds * MICROS) return;
  x->owed_until = until;
  pause_until_owed(s, x, now);
}

void part_total_rate(struct server *s)
{
  char const *word = opts_value(s->opts, "rate", 0);
  struct total_rate *x;
  if (!word) return;
  x = calloc(1, sizeof *x);
  if (!x) die_system("allocate memory");
  rate_parse(&x->rate, word);
  x->cost = (uint64_t)x->rate.seconds * MICROS / x->rate.count;
  x->tolerance = x->cost * (x->rate.count - 1);
  x->part = (struct part){ .name = "rate", .data = x, .arrive = &arrive, .prepare = &prepare, .tick = &tick,
    .save = &save, .resume = &resume };
  server_add_part(s, &x->part);
}
