/* The life of a daemon: configure, adopt listeners, find the program, begin, run. */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <skalibs/allreadwrite.h>
#include <skalibs/djbunix.h>
#include <skalibs/posixplz.h>
#include <skalibs/types.h>

#include "die.h"
#include "fds.h"
#include "listenfds.h"
#include "server.h"

void server_configure(struct server *s, struct family const *family, struct opts const *o, unsigned int verbosity)
{
  server_configure_limits(s, family, (uint32_t)opts_number(o, "max-clients", DEFAULT_MAX_CLIENTS),
    (uint32_t)opts_number(o, "max-per-source", DEFAULT_MAX_PER_SOURCE), verbosity);
}

/* 0 means 1 for a limit: that is what the wrappers have always made of it. */
void server_configure_limits(struct server *s, struct family const *family, uint32_t max_clients, uint32_t max_per_source, unsigned int verbosity)
{
  memset(s, 0, sizeof *s);
  s->family = family;
  s->burst = 1;
  s->hold.client.fd = -1;
  s->max_clients = max_clients ? max_clients : 1;
  s->max_per_source = max_per_source ? max_per_source : 1;
  if (s->max_per_source > s->max_clients) s->max_per_source = s->max_clients;
  s->prefix4 = 32;
  s->prefix6 = 64;
  if (sources_start(&s->sources) == -1) die_system("get random numbers");
  log_start(&s->log, verbosity);
}

static void require_listening(int fd)
{
  char name[INT_FMT];
  int listens = 0;
  socklen_t size = sizeof listens;
  name[int_fmt(name, fd)] = 0;
  if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == -1)
  {
    if (errno == ENOTSOCK) die_usage("fd ", name, " is not a socket");
    die_system("use fd ", name);
  }
  if (!listens) die_usage("fd ", name, " is a socket that does not listen");
}

void server_adopt(struct server *s, int fd)
{
  struct listener *l;
  require_listening(fd);
  l = realloc(s->listeners, (s->listener_count + 1) * sizeof *l);
  if (!l) die_system("allocate memory");
  s->listeners = l;
  l += s->listener_count++;
  l->fd = fd;
  l->local.length = sizeof l->local.sa;
  if (getsockname(fd, &l->local.sa.any, &l->local.length) == -1) die_system("get the address of the listener");
  l->specific = address_is_ip(&l->local) && !address_is_wildcard(&l->local);
  /* A client that is gone between poll and accept must not make accept wait. */
  if (ndelay_on(fd) == -1 || coe(fd) == -1) die_system("set the flags of the listener");
}

void server_adopt_announced(struct server *s)
{
  unsigned int n = require_listenfds();
  unsigned int i = 0;
  for (; i < n; i++) server_adopt(s, LISTENFDS_START + (int)i);
}

/* The variables of the listener protocol were for us, not for our children. */
static char const *const *variables_with_listenfds(char const *const *variables)
{
  static char const *const protocol[] = { "LISTEN_PID", "LISTEN_PIDFDID", "LISTEN_FDS", "LISTEN_FDNAMES" };
  size_t n = 0, m = sizeof protocol / sizeof protocol[0];
  char const **all;
  while (variables[n]) n++;
  all = malloc((n + m + 1) * sizeof *all);
  if (!all) die_system("allocate memory");
  memcpy(all, variables, n * sizeof *all);
  memcpy(all + n, protocol, sizeof protocol);
  all[n + m] = 0;
  return all;
}

void server_program(struct server *s, char const *const *argv, int portable)
{
  char const *const *ours = variables_with_listenfds(s->family->variables);
  if (launcher_start(&s->launcher, argv, (char const *const *)environ, ours, portable) == -1)
  {
    if (errno == ENOMEM) die_system("allocate memory");
    strerr_dieexec(errno == ENOENT ? EXIT_NOTFOUND : EXIT_NOEXEC, argv[0]);
  }
  free((void *)ours);
}

/* Inherited SIG_IGN or SA_NOCLDWAIT would make children vanish without a word. SIGPIPE is blocked, not
   ignored: a block ends with the child's new mask, SIG_IGN would stay with the program. */
static void take_signals(struct server *s)
{
  struct sigaction usual = { .sa_handler = SIG_DFL };
  static int const ours[] = { SIGCHLD, SIGTERM, SIGHUP, SIGQUIT, SIGABRT, SIGPIPE };
  sigset_t set;
  size_t i = 0;
  sigemptyset(&usual.sa_mask);
  sigemptyset(&set);
  for (; i < sizeof ours / sizeof ours[0]; i++) sigaddset(&set, ours[i]);
  if (s->companion)
    for (i = 0; s->companion->signals[i]; i++) sigaddset(&set, s->companion->signals[i]);
  if (sigaction(SIGCHLD, &usual, 0) == -1) die_system("reset SIGCHLD");
  s->signals = platform_signals_open(&set);
  if (s->signals == -1) die_system("set up signals");
}

static void make_poll_set(struct server *s)
{
  unsigned int i = 0;
  s->first_listener = BEFORE_COMPANION + (s->companion ? s->companion->descriptors : 0);
  s->poll = malloc((s->first_listener + s->listener_count) * sizeof *s->poll);
  if (!s->poll) die_system("allocate memory");
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

/* An fd 1 that holds nothing, and the readiness line on a copy that is closed at once: whoever waits for the
   line sees the end of file. Nothing may fail once the line is written. */
static void announce(char const *ready)
{
  int out = ready ? dup(1) : -1;
  if (ready && out == -1) die_system("copy stdout");
  if (fd_nullify(1) == -1) die_system("close stdout");
  if (!ready) return;
  if (allwrite(out, ready, strlen(ready)) < strlen(ready)) die_system("write to stdout");
  fd_close(out);
}

void server_begin(struct server *s, char const *ready)
{
  if (ready && !fd_is_open(1)) die_usage("option -1 was given and stdout is closed");
  if (fds_ensure_standard() == -1) die_system("open the standard descriptors");
  take_signals(s);
  make_poll_set(s);
  check_limits(s);
  report_starting(s);
  log_flush(&s->log);
  announce(ready);
}

int server_is_full(struct server const *s)
{
  return s->children.count >= s->max_clients;
}

void server_die(struct server *s, char const *what, int e)
{
  log_last(&s->log);
  errno = e;
  die_system(what);
}
