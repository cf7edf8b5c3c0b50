/* What skd does in the engine's loop besides serving stream clients: see struct part. */

#include <signal.h>

#include "clock.h"
#include "skd.h"

static void prepare(struct server *s, void *data, struct pollfd *p, uint64_t *when)
{
  struct skd *k = data;
  (void)s;
  datagrams_prepare(&k->datagrams, p, when);
  clock_sooner(when, k->redirection.start_at);
  if (k->supervised.wanted) supervised_due(&k->supervised, when);
}

static void attend(struct server *s, void *data, struct pollfd const *p)
{
  struct skd *k = data;
  uint64_t now = clock_millis();
  datagrams_attend(&k->datagrams, p, now);
  redirection_tick(&k->redirection, server_log(s), now);
  if (k->supervised.wanted) supervised_tick(&k->supervised, now);
}

static int child_ended(struct server *s, void *data, struct ended const *e)
{
  struct skd *k = data;
  if (datagrams_ended(&k->datagrams, e->pid, e->status, e->error) || supervised_ended(&k->supervised, e->pid, e->status)) return 1;
  if (e->pid != k->redirection.logger.pid) return 0;
  redirection_ended(&k->redirection, server_log(s), e->status);
  return 1;
}

static void reap(struct server *s, struct skd *k)
{
  datagrams_reap(&k->datagrams);
  if (k->supervised.pid) server_reap_child(s, k->supervised.pid);
  if (k->redirection.logger.pid) server_reap_child(s, k->redirection.logger.pid);
}

static void report(struct server *s, char const *words)
{
  if (log_wants(server_log(s), LOG_EVENT)) log_words(server_log(s), "info", words);
}

/* A service: HUP is for the log, INT is TERM, and the children of -QUIT and ABRT are those of the engine too. */
static int obey_service(struct server *s, struct skd *k, int number)
{
  switch (number)
  {
    case SIGINT :
      report(s, "received SIGINT, quitting");
      server_leave(s);
      return 1;
    case SIGHUP :
      report(s, "received SIGHUP, opening the log again");
      redirection_renew(&k->redirection, server_log(s));
      return 1;
    case SIGQUIT :
      datagrams_signal(&k->datagrams, SIGTERM, SIGCONT);
      return 0;
    case SIGABRT :
      datagrams_signal(&k->datagrams, SIGKILL, 0);
      return 0;
    default : return 0;
  }
}

/* A supervised program gets what we get; the signals that end us end it first. */
static int obey_supervised(struct server *s, struct skd *k, int number)
{
  struct supervised *p = &k->supervised;
  if (number == SIGCHLD || number == SIGPIPE) return 0;
  if (number == SIGHUP) redirection_renew(&k->redirection, server_log(s));
  if (number == SIGQUIT) supervised_signal(p, SIGTERM, 1);
  else if (number == SIGABRT) supervised_signal(p, SIGKILL, 1);
  else supervised_signal(p, number, number == SIGTERM || number == SIGINT);
  return 1;
}

static int obey(struct server *s, void *data, int number)
{
  struct skd *k = data;
  if (number == SIGCHLD) reap(s, k);
  return k->supervised.wanted ? obey_supervised(s, k, number) : obey_service(s, k, number);
}

static int busy(struct server *s, void *data)
{
  struct skd *k = data;
  (void)s;
  return datagrams_busy(&k->datagrams);
}

/* Its sockets, its logger and its pid file belong to what it was started as: another one takes its place. */
static char const *save(struct server *s, void *data, struct state *st)
{
  (void)s;
  (void)data;
  (void)st;
  return "skd does not do that";
}

static void at_exit(struct server *s, void *data)
{
  struct skd *k = data;
  (void)s;
  datagrams_leave(&k->datagrams);
  pidfile_release(&k->pidfile);
}

/* A shell script that starts us in its background ignores INT for us: Ctrl-C is for other programs then. */
static int is_ignored(int number)
{
  struct sigaction now;
  return sigaction(number, 0, &now) == 0 && now.sa_handler == SIG_IGN;
}

void services_add(struct skd *k)
{
  static int const of_service[] = { SIGINT, 0 };
  static int const of_supervised[] = { SIGINT, SIGUSR1, SIGUSR2, 0 };
  int const *signals = k->supervised.wanted ? of_supervised : of_service;
  size_t n = 0;
  for (; *signals; signals++)
    if (!is_ignored(*signals)) k->signals[n++] = *signals;
  k->signals[n] = 0;
  k->part = (struct part){
    .name = "skd",
    .data = k,
    .signals = k->signals,
    .descriptors = k->datagrams.count,
    .prepare = &prepare,
    .attend = &attend,
    .signal = &obey,
    .child_ended = &child_ended,
    .busy = &busy,
    .save = &save,
    .at_exit = &at_exit
  };
  server_add_part_first(k->server, &k->part);
}
