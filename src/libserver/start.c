/* From the configuration to the loop: the program, the signals, the poll set, the announcement. */

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <skalibs/allreadwrite.h>
#include <skalibs/djbunix.h>
#include <skalibs/posixplz.h>

#include "die.h"
#include "engine.h"
#include "fds.h"
#include "listenfds.h"
#include "program.h"
#include "resume.h"

static size_t length_of(char const *const *variables)
{
  size_t n = 0;
  while (variables && variables[n]) n++;
  return n;
}

static size_t add_variables(char const **all, size_t n, char const *const *more)
{
  size_t count = length_of(more);
  if (count) memcpy(all + n, more, count * sizeof *all);
  return n + count;
}

/* Those of the family and of the parts. And those of the listener protocol, which were for us, not for our
   children. */
static char const *const *our_variables(struct server const *s)
{
  struct part const *part = s->parts;
  size_t n = length_of(s->family->variables) + LISTENFDS_VARIABLES + 1;
  char const **all;
  for (; part; part = part->next) n += length_of(part->variables);
  all = malloc(n * sizeof *all);
  if (!all) die_system("allocate memory");
  n = add_variables(all, 0, s->family->variables);
  for (part = s->parts; part; part = part->next) n = add_variables(all, n, part->variables);
  memcpy(all + n, listenfds_variables, sizeof listenfds_variables);
  all[n + LISTENFDS_VARIABLES] = 0;
  return all;
}

void server_program(struct server *s, char const *const *argv)
{
  int portable = opts_has(s->opts, "portable-launch");
  char const *const *ours = our_variables(s);
  if (launcher_start(&s->launcher, argv, (char const *const *)environ, ours, portable) == -1)
  {
    if (errno == ENOMEM) die_system("allocate memory");
    program_die(argv[0], errno);
  }
  s->launcher.own_groups = opts_has(s->opts, "kill-group");
  if (s->family->between) launcher_leave_numbers(&s->launcher);
  free((void *)ours);
  program_require(argv[0], s->launcher.file);
}

/* Inherited SIG_IGN or SA_NOCLDWAIT would make children vanish without a SIGCHLD. SIGPIPE is blocked, not
   ignored: a block ends with the child's new mask, SIG_IGN would stay with the program. The system does not end PID 1
   by a signal that it leaves alone: so there INT is ours. */
static void take_signals(struct server *s)
{
  struct sigaction usual = { .sa_handler = SIG_DFL };
  static int const ours[] = { SIGCHLD, SIGTERM, SIGHUP, SIGQUIT, SIGABRT, SIGPIPE };
  struct part const *part = s->parts;
  sigset_t set;
  size_t i = 0;
  int refused;
  sigemptyset(&usual.sa_mask);
  sigemptyset(&set);
  for (; i < sizeof ours / sizeof ours[0]; i++) sigaddset(&set, ours[i]);
  if (getpid() == 1) sigaddset(&set, SIGINT);
  for (; part; part = part->next)
    for (i = 0; part->signals && part->signals[i]; i++) sigaddset(&set, part->signals[i]);
  if (sigaction(SIGCHLD, &usual, 0) == -1) server_die(s, "reset SIGCHLD", errno);
  s->signals = platform_signals_open(&set, &refused);
  if (s->signals == -1) server_die(s, "set up signals", errno);
  if (refused) launcher_go_portable(&s->launcher, refused);
}

static void make_poll_set(struct server *s)
{
  unsigned int i = 0;
  struct part const *part = s->parts;
  s->first_listener = FIRST_OF_PARTS;
  for (; part; part = part->next) s->first_listener += part->descriptors;
  s->poll = calloc(s->first_listener + s->listener_count, sizeof *s->poll);
  if (!s->poll) server_die(s, "allocate memory", errno);
  s->poll[0].fd = s->signals;
  s->poll[0].events = POLLIN;
  s->poll[1].events = POLLOUT;
  for (; i < s->listener_count; i++)
  {
    s->poll[s->first_listener + i].fd = s->listeners[i].fd;
    s->poll[s->first_listener + i].events = POLLIN;
  }
}

/* More clients than this user may have processes: they will wait, which is worth knowing early. Root has
   no such limit (getrlimit(2)). */
static void check_limits(struct server *s)
{
  struct rlimit processes;
  struct text *t;
  if (s->unlimited || !geteuid() || getrlimit(RLIMIT_NPROC, &processes) == -1) return;
  if (processes.rlim_cur == RLIM_INFINITY || processes.rlim_cur > s->max_clients) return;
  if (!log_wants(&s->log, LOG_WARNING)) return;
  t = log_begin(&s->log, "warning");
  text_string(t, "the client limit ");
  text_number(t, s->max_clients);
  text_string(t, " is above what this user may run: ");
  text_number(t, processes.rlim_cur);
  text_string(t, " processes; further clients will wait");
  log_end(&s->log);
}

/* A larger -c alone does little for many clients that share an address, which is seen only when they come. */
static void check_source_limit(struct server *s)
{
  struct limit_options const *l = &s->family->limits;
  struct text *t;
  if (!l->per_source_absent || s->family->anonymous || opts_has(s->opts, l->per_source)) return;
  if (s->max_clients <= l->per_source_absent || !log_wants(&s->log, LOG_WARNING)) return;
  t = log_begin(&s->log, "warning");
  text_string(t, "only ");
  text_number(t, s->max_per_source);
  text_string(t, " clients of one source are served at once: -c is ");
  text_number(t, s->max_clients);
  text_string(t, ", and -C was not given");
  log_end(&s->log);
}

/* An fd 1 that holds nothing, and the readiness line on a copy that is closed at once: the reader that waits for the
   line sees the end of file. Nothing may fail once the line is written; clients come even if it has no reader. */
static void announce(struct server *s, char const *ready)
{
  int out = ready ? dup(1) : -1;
  if (ready && out == -1) server_die(s, "copy stdout", errno);
  if (fd_nullify(1) == -1) server_die(s, "close stdout", errno);
  if (!ready) return;
  if (allwrite(out, ready, strlen(ready)) < strlen(ready)) log_unable(&s->log, "write to", "stdout", errno);
  fd_close(out);
}

void server_begin(struct server *s, char const *ready)
{
  if (ready && !fd_is_open(1)) die_usage("option -1 was given and stdout is closed");
  if (fds_ensure_standard() == -1) server_die(s, "open the standard descriptors", errno);
  take_signals(s);
  server_look_for_others(s);
  make_poll_set(s);
  check_limits(s);
  check_source_limit(s);
  report_starting(s);
  resume_take(s);
  log_flush(&s->log);
  announce(s, ready);
}

