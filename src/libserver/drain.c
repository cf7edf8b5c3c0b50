/* The part that ends the daemon when its last client has ended: SIGUSR1, and SIGTERM for PID 1, whose death would kill
   all.

   What the kernel has queued is ours: closing a listener resets its queue. So it is emptied into a queue of our own
   (queue.c), however many clients are being served, and only then the listeners are closed. */

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "die.h"
#include "engine.h"
#include "parts.h"

enum
{
  SECOND = 1000,
  PID1_DEADLINE = 10 * SECOND,
  QUEUE_MAX = 65536  /* clients: longer than any backlog */
};

enum progress
{
  DRAIN_IDLE,
  DRAIN_GRACE,    /* accepting goes on until `at` */
  DRAIN_TAKING,   /* emptying the kernel's queue */
  DRAIN_SERVING,  /* the listeners are closed; until `at`, if that is not 0 */
  DRAIN_ENDING,   /* the clients' programs were asked to end; until `at` */
  DRAIN_KILLING
};

struct drain
{
  struct part part;
  enum progress progress;
  int hurried;  /* SIGTERM has come to PID 1 */
  uint64_t at;  /* when the next step is due; 0: never */
  uint64_t grace;  /* milliseconds */
  uint64_t deadline;
  uint64_t kill_after;
};

static int const signals[] = { SIGUSR1, 0 };

/* ---- lines ---- */

static void report_clients(struct server *s, char const *level, char const *before, char const *after)
{
  struct text *t = log_begin(&s->log, level);
  text_string(t, before);
  text_number(t, s->clients);
  text_string(t, after);
  log_end(&s->log);
}

static void report_begin(struct server *s, int number)
{
  if (!log_wants(&s->log, LOG_EVENT)) return;
  if (number == SIGTERM) report_clients(s, "info", "received SIGTERM, draining: ", " clients");
  else report_clients(s, "info", "received SIGUSR1, draining: ", " clients");
}

/* ---- the queue ---- */

/* Returns true if the kernel's queue of that listener is empty. */
static int take_all(struct server *s, struct listener const *l)
{
  struct client client;
  while (queue_length(s) < QUEUE_MAX)
  {
    if (!queue_has_room(s))
    {
      hold_begin(s, 0, "accept", errno);
      return 0;
    }
    if (!server_accept_one(s, l, &client, 0)) return !s->hold.paused;
    if (client.fd != -1) queue_add(s, &client);
  }
  return 1;
}

static void take(struct server *s, struct drain *d)
{
  unsigned int i = 0;
  int empty = 1;
  if (s->hold.paused) return;
  for (; i < s->listener_count; i++) empty &= take_all(s, &s->listeners[i]);
  if (!empty) return;
  server_close_listeners(s);
  d->progress = DRAIN_SERVING;
  d->at = d->deadline ? clock_millis() + d->deadline : 0;
}

/* ---- steps ---- */

static void begin_taking(struct server *s, struct drain *d)
{
  d->progress = DRAIN_TAKING;
  d->at = 0;
  server_pause(s);
  s->queue.pauses++;
}

/* What SIGTERM asks PID 1 for. Returns true if the deadline is another one now. */
static int shorten(struct server *s, struct drain *d)
{
  if (opts_has(s->opts, "drain-deadline")) return 0;
  d->deadline = PID1_DEADLINE;
  return 1;
}

static void begin(struct server *s, struct drain *d, int number)
{
  report_begin(s, number);
  s->draining = 1;
  if (number == SIGTERM) shorten(s, d);
  d->progress = DRAIN_GRACE;
  d->at = clock_millis() + d->grace;
  if (!d->grace) begin_taking(s, d);
}

static void end_clients(struct server *s, struct drain *d)
{
  if (log_wants(&s->log, LOG_WARNING)) report_clients(s, "warning", "the drain deadline is reached: ending ", " clients");
  server_signal_children(s, SIGTERM, SIGCONT);
  d->progress = DRAIN_ENDING;
  d->at = clock_millis() + d->kill_after;
}

static void kill_clients(struct server *s, struct drain *d)
{
  server_signal_children(s, SIGKILL, 0);
  d->progress = DRAIN_KILLING;
  d->at = 0;
}

/* After the deadline, clients without a program are not waited for. */
static int is_over(struct server *s, struct drain const *d)
{
  if (d->progress < DRAIN_SERVING || s->clients) return 0;
  if (d->progress > DRAIN_SERVING) return 1;
  return s->hold.client.fd == -1 && !parts_busy(s);
}

/* ---- hooks ---- */

static void prepare(struct server *s, void *data, struct pollfd *p, uint64_t *when)
{
  struct drain *d = data;
  (void)p;
  clock_sooner(when, d->at);
  if (is_over(s, d)) *when = 0;
}

static void tick(struct server *s, void *data, uint64_t now)
{
  struct drain *d = data;
  if (!d->at || now < d->at) return;
  switch (d->progress)
  {
    case DRAIN_GRACE : begin_taking(s, d); break;
    case DRAIN_SERVING : end_clients(s, d); break;
    case DRAIN_ENDING : kill_clients(s, d); break;
    default : break;
  }
}

static void attend(struct server *s, void *data, struct pollfd const *p)
{
  struct drain *d = data;
  (void)p;
  if (d->progress < DRAIN_TAKING) return;
  if (d->progress == DRAIN_TAKING) take(s, d);
  if (!is_over(s, d)) return;
  if (log_wants(&s->log, LOG_EVENT)) log_words(&s->log, "info", "drained");
  server_leave(s);
}

/* The first SIGTERM of PID 1 after a SIGUSR1: the one who sent it will not wait for ever. */
static void hurry(struct server *s, struct drain *d)
{
  report_begin(s, SIGTERM);
  if (shorten(s, d) && d->progress == DRAIN_SERVING) d->at = clock_millis() + d->deadline;
}

/* SIGTERM keeps its meaning during a drain; of PID 1, the second one is final. */
static int obey(struct server *s, void *data, int number)
{
  struct drain *d = data;
  int hurries = number == SIGTERM && getpid() == 1;
  if (number != SIGUSR1 && !hurries) return 0;
  if (hurries && d->hurried) return 0;
  if (d->progress == DRAIN_IDLE) begin(s, d, number);
  else if (hurries) hurry(s, d);
  d->hurried |= hurries;
  return 1;
}

void part_drain(struct server *s)
{
  struct drain *d = calloc(1, sizeof *d);
  if (!d) die_system("allocate memory");
  d->grace = SECOND * opts_number(s->opts, "drain-grace", 0);
  d->deadline = SECOND * opts_number(s->opts, "drain-deadline", 0);
  d->kill_after = SECOND * opts_number(s->opts, "kill-after", KILL_AFTER_DEFAULT);
  d->part = (struct part){
    .name = "drain",
    .data = d,
    .signals = signals,
    .prepare = &prepare,
    .attend = &attend,
    .tick = &tick,
    .signal = &obey
  };
  server_add_part(s, &d->part);
}
