/* The socket daemon in one program: binds, backgrounds, logs, sheds privileges, and serves; or does all but
   bind and serve, and becomes the program. */

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <skalibs/posixplz.h>

#include "chain.h"
#include "daemon_opts.h"
#include "die.h"
#include "fds.h"
#include "liveness.h"
#include "program.h"
#include "skd.h"
#include "status_socket.h"
#include "skd_opts.h"

/* True if this process becomes the program: then no process stays to mind the logger or the pid file. */
static int becomes_program(struct skd const *k)
{
  return !k->supervised.wanted && !k->sockets.count;
}

static void die_if_given(struct opts const *o, char const *const *names, char const *reason)
{
  char const *name = opts_first(o, names);
  if (name) die_usage("--", name, reason);
}

/* What is for clients, and would do nothing without a stream socket; and, without a daemon, what nothing would ever answer. */
static void require_purpose(struct skd const *k)
{
  static char const *const of_clients[] = { "proxy", "first-data", "rate", "source-rate", "penalty", "max-session", "max-idle", "refuse-with",
    "refuse-when-full", "reset-refused", "linger", 0 };
  static char const *const of_counters[] = { "status-socket", "status-fd", 0 };
  struct opts const *o = &k->given;
  if (!sockets_wanted(o, SOCKETS, SOCK_STREAM)) die_if_given(o, of_clients, " is for clients of a stream socket, and there is none");
  if (!k->supervised.wanted && !sockets_wanted(o, SOCKETS, 0)) die_if_given(o, of_counters, " is for a daemon, and without a socket skd becomes prog");
}

static void read_command_line(struct skd *k, char const *const *argv)
{
  k->argv = opts_parse(&k->given, &skd_opts, SKD, argv);
  require_engine_opts(&k->given);
  require_program(k->argv);
  k->no_delay = opts_has(&k->given, "no-delay");
  k->supervised.wanted = opts_has(&k->given, "supervise");
  require_purpose(k);
  if (opts_has(&k->given, "max-idle") && sockets_wanted(&k->given, SOCKETS_LOCAL, SOCK_STREAM)) die_idle_local();
  if (liveness_given(&k->given) && !sockets_wanted(&k->given, SOCKETS_INET, SOCK_STREAM)) die_usage("--", liveness_given(&k->given), " is for TCP sockets");
  if (k->supervised.wanted && sockets_wanted(&k->given, SOCKETS, 0)) die_usage("-S is for a program without a socket");
  privileges_read(&k->privileges, opts_has(&k->given, "env-ids"), opts_has(&k->given, "keep-groups"));
}

/* From the time that the pid file is there, signals wait until the engine can remove it. */
static void hold_signals(void)
{
  static int const ours[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGABRT };
  sigset_t set;
  size_t i = 0;
  sigemptyset(&set);
  for (; i < sizeof ours / sizeof ours[0]; i++) sigaddset(&set, ours[i]);
  sigprocmask(SIG_BLOCK, &set, 0);
}

/* What takes privileges, or what other processes must see, comes first; giving privileges up comes last. */
static void get_ready(struct skd *k)
{
  struct opts const *o = &k->given;
  if (fds_ensure_standard() == -1) die_system("open the standard descriptors");
  privileges_prepare(&k->privileges);
  background_start(&k->background, opts_has(o, "background"));
  sockets_bind(&k->sockets, o);
  k->status_fd = status_socket_open(o);
  background_detach(&k->background, !!k->sockets.count);
  redirection_open(&k->redirection, opts_value(o, "log", 0), k->privileges.wanted ? &k->privileges.identity : 0, becomes_program(k));
  if (!becomes_program(k)) hold_signals();
  pidfile_claim(&k->pidfile, opts_value(o, "pid-file", 0), becomes_program(k));
  privileges_shed(&k->privileges);
}

/* Looked up in the root directory where it will run. */
static char *require_file(struct skd *k)
{
  char *file = program_find(k->argv[0]);
  int e = errno;
  if (file) return file;
  pidfile_release(&k->pidfile);
  program_die(k->argv[0], e);
}

static void become(struct skd *k, char const *file)
{
  int e;
  redirection_begin(&k->redirection);
  background_executing(&k->background);
  execve(file, (char *const *)k->argv, environ);
  e = errno;
  background_cannot_execute(&k->background);
  pidfile_release(&k->pidfile);
  program_die(file, e);
}

static void configure(struct skd *k)
{
  size_t i = 0;
  k->server = server_new(&skd_family, k, &k->given);
  for (; i < k->sockets.count; i++)
    if (k->sockets.all[i].type == SOCK_STREAM) server_adopt(k->server, k->sockets.all[i].fd);
  datagrams_adopt(&k->datagrams, &k->sockets, k->server);
}

static int serve(struct skd *k, char const *file)
{
  char *ready = sockets_ready(&k->sockets);
  redirection_begin(&k->redirection);
  configure(k);
  if (k->supervised.wanted) supervised_prepare(&k->supervised, k->server, file, k->argv);
  else server_program(k->server, k->argv);
  services_add(k);
  datagrams_report(&k->datagrams);
  server_begin(k->server, ready);
  free(ready);
  background_ready(&k->background);
  return server_run(k->server);
}

int main(int argc, char const *const *argv)
{
  struct skd skd = { .pidfile = { .fd = -1 } };
  char *file;
  (void)argc;

  read_command_line(&skd, argv);
  get_ready(&skd);
  file = require_file(&skd);
  if (becomes_program(&skd)) become(&skd, file);
  return serve(&skd, file);
}
