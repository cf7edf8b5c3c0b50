/* The part that becomes a new version of the daemon, by execve on the same process: SIGUSR2. The listeners, the children, their
   counts and the clients that wait go over; what goes wrong before leaves the old program at work.

   First the new file is asked for its version, which finds a missing library, a wrong architecture and the like. Then no more
   clients are accepted, and those that are on their way to a program get there; a moment later nothing is in between. */

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/djbunix.h>

#include "die.h"
#include "parts.h"
#include "pending.h"
#include "program.h"
#include "upgrade.h"
#include "wait_status.h"

enum { PROBE_LIMIT = 5000, SETTLE_LIMIT = 5000, SETTLE_LOOK = 10, WHY_MAX = 512 };  /* milliseconds; bytes */

enum progress { UPGRADE_IDLE, UPGRADE_PROBING, UPGRADE_SETTLING };

struct upgrade
{
  struct part part;
  enum progress progress;
  char *file;
  pid_t probe;      /* 0: it has ended */
  uint64_t look_at;
  uint64_t until;   /* when to give up */
};

static int const signals[] = { SIGUSR2, 0 };

/* ---- the end of a try ---- */

static void finish(struct server *s, struct upgrade *u)
{
  if (u->progress == UPGRADE_SETTLING) server_go_on(s);
  free(u->file);
  u->file = 0;
  u->progress = UPGRADE_IDLE;
  u->look_at = u->until = 0;
}

static void report_failed(struct server *s, char const *what, char const *why)
{
  struct text *t;
  if (!log_wants(&s->log, LOG_WARNING)) return;
  t = log_begin(&s->log, "warning");
  text_string(t, "unable to upgrade: ");
  text_string(t, what);
  if (what[0]) text_string(t, ": ");
  text_string(t, why);
  text_string(t, ": going on");
  log_end(&s->log);
}

static void fail(struct server *s, struct upgrade *u, char const *what, char const *why)
{
  report_failed(s, what, why);
  finish(s, u);
}

static void fail_probe(struct server *s, struct upgrade *u, char const *why)
{
  char space[WHY_MAX];
  struct text t = TEXT_IN(space);
  text_string(&t, u->file);
  text_string(&t, " --version");
  fail(s, u, text_end(&t), why);
}

/* A new program would not know that this one is to end when its clients have. */
static int gives_way(struct server *s, struct upgrade *u)
{
  if (!s->draining) return 0;
  fail(s, u, "", "the daemon is draining");
  return 1;
}

/* ---- the probe ---- */

static void begin(struct server *s, struct upgrade *u)
{
  struct text *t;
  if (gives_way(s, u)) return;
  u->file = upgrade_find_file(s->opts);
  if (!u->file)
  {
    fail(s, u, s->opts->argv[0], strerror(errno));
    return;
  }
  if (!upgrade_can_execute(s->launcher.argv[0]))
  {
    fail(s, u, s->launcher.argv[0], strerror(errno));
    return;
  }
  if (log_wants(&s->log, LOG_EVENT))
  {
    t = log_begin(&s->log, "info");
    text_string(t, "received SIGUSR2, becoming ");
    text_string(t, u->file);
    log_end(&s->log);
    log_flush(&s->log);
  }
  u->probe = fork();
  if (!u->probe) upgrade_ask_version(u->file);
  if (u->probe == -1)
  {
    u->probe = 0;
    fail(s, u, u->file, strerror(errno));
    return;
  }
  u->progress = UPGRADE_PROBING;
  u->until = clock_millis() + PROBE_LIMIT;
}

static int child_ended(struct server *s, void *data, struct ended const *ended)
{
  struct upgrade *u = data;
  char space[32];
  struct text t = TEXT_IN(space);
  if (!u->probe || ended->pid != u->probe) return 0;
  u->probe = 0;
  if (u->progress != UPGRADE_PROBING) return 1;
  if (ended->status)
  {
    status_put(&t, ended->status);
    fail_probe(s, u, text_end(&t));
    return 1;
  }
  server_pause(s);
  u->progress = UPGRADE_SETTLING;
  u->look_at = clock_millis();
  u->until = u->look_at + SETTLE_LIMIT;
  return 1;
}

/* ---- settling ---- */

/* What the clients that wait need before all is settled. */
struct needs
{
  unsigned int reading;  /* something that they sent was read already: a program must be launched for them */
  unsigned int leaving;  /* their connections are being ended */
};

static void look_at_pending(void *data, struct pending const *p, struct pending_kind const *kind)
{
  struct needs *n = data;
  if (!kind->enters) n->leaving++;
  else if (p->own || (!kind->saves && !upgrade_passes_on(&p->client))) n->reading++;
}

static void become(struct server *s, struct upgrade *u)
{
  struct state st = { .s = 0 };
  char const *why;
  repeat_sum_up(s, UINT64_MAX);
  log_last(&s->log);
  why = upgrade_save(s, &st);
  if (why) fail(s, u, "", why);
  else fail(s, u, u->file, upgrade_execute(s, u->file, &st));
  state_free(&st);
}

static void settle(struct server *s, struct upgrade *u, uint64_t now)
{
  struct needs n = { 0, 0 };
  int late = now >= u->until;
  if (gives_way(s, u)) return;
  pending_visit(s, &look_at_pending, &n);
  if (s->hold.client.fd != -1 && !upgrade_passes_on(&s->hold.client)) n.reading++;
  if (launcher_is_idle(&s->launcher) && !n.reading && (!n.leaving || late)) become(s, u);
  else if (late) fail(s, u, "", "clients are on their way to a program for too long");
  else u->look_at = now + SETTLE_LOOK;
}

/* ---- hooks ---- */

static void prepare(struct server *s, void *data, struct pollfd *p, uint64_t *when)
{
  struct upgrade *u = data;
  (void)s;
  (void)p;
  clock_sooner(when, u->progress == UPGRADE_SETTLING ? u->look_at : u->until);
}

static void tick(struct server *s, void *data, uint64_t now)
{
  struct upgrade *u = data;
  if (u->progress == UPGRADE_SETTLING && now >= u->look_at) settle(s, u, now);
  if (u->progress != UPGRADE_PROBING || now < u->until) return;
  kill(u->probe, SIGKILL);
  fail_probe(s, u, "it did not end within 5 s");
}

static int obey(struct server *s, void *data, int number)
{
  struct upgrade *u = data;
  if (number == SIGCHLD && u->probe) server_reap_child(s, u->probe);
  if (number != SIGUSR2) return 0;
  if (u->progress == UPGRADE_IDLE) begin(s, u);
  return 1;
}

void part_upgrade(struct server *s)
{
  struct upgrade *u = calloc(1, sizeof *u);
  if (!u) die_system("allocate memory");
  u->part = (struct part){
    .name = "upgrade",
    .data = u,
    .signals = signals,
    .prepare = &prepare,
    .tick = &tick,
    .signal = &obey,
    .child_ended = &child_ended
  };
  server_add_part(s, &u->part);
}
