/* What the signals mean: TERM leaves, and so does INT for PID 1; HUP ends the children, QUIT does both, ABRT kills and
   leaves. */

#include <errno.h>
#include <signal.h>

#include "engine.h"

static void report(struct server *s, char const *words)
{
  if (log_wants(&s->log, LOG_EVENT)) log_words(&s->log, "info", words);
}

static void obey(struct server *s, struct signal_event const *e)
{
  if (parts_signal(s, e->number)) return;
  switch (e->number)
  {
    case SIGCHLD :
      server_reap(s, e->child);
      server_retry(s);
      break;
    case SIGTERM :
      report(s, "received SIGTERM, quitting");
      s->leaving = 1;
      break;
    case SIGINT :
      report(s, "received SIGINT, quitting");
      s->leaving = 1;
      break;
    case SIGHUP :
      report(s, "received SIGHUP, sending SIGTERM and SIGCONT to all connections");
      server_signal_children(s, SIGTERM, SIGCONT);
      break;
    case SIGQUIT :
      report(s, "received SIGQUIT, sending SIGTERM and SIGCONT to all connections and quitting");
      server_signal_children(s, SIGTERM, SIGCONT);
      s->leaving = 1;
      break;
    case SIGABRT :
      report(s, "received SIGABRT, sending SIGKILL to all connections and quitting");
      server_signal_children(s, SIGKILL, 0);
      s->leaving = 1;
      break;
    default : break;
  }
}

enum { BATCH = 8 };

void server_obey_signals(struct server *s)
{
  struct signal_event events[BATCH];
  int n = platform_signals_read(s->signals, events, BATCH), i = 0;
  if (n == -1) server_die(s, "read signals", errno);
  for (; i < n; i++) obey(s, &events[i]);
}
