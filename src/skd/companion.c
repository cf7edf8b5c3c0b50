/* What skd does in the engine's loop besides serving stream clients: see struct companion. */

#include <signal.h>

#include "skd.h"

static void prepare(void *data, struct pollfd *p, uint64_t *when)
{
  struct skd *k = data;
  datagrams_prepare(&k->datagrams, p, when);
  if (k->redirection.start_at && k->redirection.start_at < *when) *when = k->redirection.start_at;
  if (k->supervised.wanted) supervised_due(&k->supervised, when);
}

static void attend(void *data, struct pollfd const *p)
{
  struct skd *k = data;
  uint64_t now = server_now();
  datagrams_attend(&k->datagrams, p, now);
  redirection_tick(&k->redirection, &k->server.log, now);
  if (k->supervised.wanted) supervised_tick(&k->supervised, now);
}

static void ended(void *data, pid_t pid, int status, int error)
{
  struct skd *k = data;
  if (datagrams_ended(&k->datagrams, pid, status, error) || supervised_ended(&k->supervised, pid, status)) return;
  if (pid == k->redirection.logger.pid) redirection_ended(&k->redirection, &k->server.log, status);
}

static void reap(struct skd *k)
{
  datagrams_reap(&k->datagrams);
  if (k->supervised.pid) server_reap_child(&k->server, k->supervised.pid);
  if (k->redirection.logger.pid) server_reap_child(&k->server, k->redirection.logger.pid);
}

static void say(struct skd *k, char const *words)
{
  if (log_wants(&k->server.log, LOG_EVENT)) log_words(&k->server.log, "info", words);
}

/* A service: HUP is for the log, INT is TERM, and the children of -QUIT and ABRT are those of the engine too. */
static int obey_service(struct skd *k, int number)
{
  switch (number)
  {
    case SIGINT :
      say(k, "received SIGINT, quitting");
      k->server.leaving = 1;
      return 1;
    case SIGHUP :
      say(k, "received SIGHUP, opening the log again");
      redirection_renew(&k->redirection, &k->server.log);
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
static int obey_supervised(struct skd *k, int number)
{
  struct supervised *p = &k->supervised;
  if (number == SIGCHLD || number == SIGPIPE) return 0;
  if (number == SIGHUP) redirection_renew(&k->redirection, &k->server.log);
  if (number == SIGQUIT) supervised_signal(p, SIGTERM, 1);
  else if (number == SIGABRT) supervised_signal(p, SIGKILL, 1);
  else supervised_signal(p, number, number == SIGTERM || number == SIGINT);
  return 1;
}

static int obey(void *data, int number)
{
  struct skd *k = data;
  if (number == SIGCHLD) reap(k);
  return k->supervised.wanted ? obey_supervised(k, number) : obey_service(k, number);
}

/* Whoever starts us in the background of a script has INT ignored: Ctrl-C is for others then. */
static int is_ignored(int number)
{
  struct sigaction now;
  return sigaction(number, 0, &now) == 0 && now.sa_handler == SIG_IGN;
}

void companion_prepare(struct skd *k)
{
  static int const of_service[] = { SIGINT, 0 };
  static int const of_supervised[] = { SIGINT, SIGUSR1, SIGUSR2, 0 };
  int const *signals = k->supervised.wanted ? of_supervised : of_service;
  size_t n = 0;
  for (; *signals; signals++)
    if (!is_ignored(*signals)) k->signals[n++] = *signals;
  k->signals[n] = 0;
  k->companion.data = k;
  k->companion.signals = k->signals;
  k->companion.descriptors = k->datagrams.count;
  k->companion.prepare = &prepare;
  k->companion.attend = &attend;
  k->companion.signal = &obey;
  k->companion.ended = &ended;
  k->server.companion = &k->companion;
}
