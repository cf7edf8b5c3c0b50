/* Starting the io program and waiting for its handshake: see engage.h.

   prog must not find an unknown child. So a middle process stands between: the io program is its child,
   and when the handshake is done it is killed, and the io program is an orphan. If the handshake fails, the middle
   process ends with the exit code of its child. */

#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/sig.h>

#include "deadline.h"
#include "die.h"
#include "engage.h"
#include "outcome.h"

static int code_of(int status)
{
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* Closed in the parent of the io program, so that the end of the outcome can be seen. */
static void stand_between(struct around const *a, int app, int notification, int const *others)
{
  int status;
  pid_t pid = fork();
  if (pid == -1) die_system("start ", a->io_program);
  if (!pid)
  {
    fd_close(others[0]);
    fd_close(others[1]);
    around_become_io(a, app, notification);
  }
  fd_close(app);
  fd_close(notification);
  fd_close(others[0]);
  fd_close(others[1]);
  fd_close(a->net_in);
  fd_close(a->net_out);
  if (wait_pid(pid, &status) == -1) _exit(EXIT_SYSTEM);
  _exit(code_of(status));
}

static pid_t start_middle(struct around const *a, int const *app, int const *notification)
{
  int const others[2] = { app[0], notification[0] };
  pid_t pid = fork();
  if (pid == -1) die_system("start ", a->io_program);
  if (!pid) stand_between(a, app[1], notification[1], others);
  fd_close(app[1]);
  fd_close(notification[1]);
  return pid;
}

/* The caller may have made us ignore our children, and then no process could wait for one. */
static void remember_children(void)
{
  if (!sig_restore(SIGCHLD)) die_system("restore SIGCHLD");
}

/* e: why no outcome can be read, 0 if the io program has ended without one: its exit code is ours then. */
static void end_with(pid_t middle, int e)
{
  int status;
  if (e) kill(middle, SIGTERM);
  if (wait_pid(middle, &status) == -1) die_system("wait for the io program");
  if (!e) _exit(code_of(status) ? code_of(status) : EXIT_SYSTEM);
  if (e == EPROTO) die_bug("the io program reported something that is no outcome of a handshake");
  errno = e;
  die_system("read the outcome of the handshake");
}

/* Both ends of the connection become the clear text: closing them here leaves them to the io program. */
static void take_place(struct around const *a, int app)
{
  if (fd_copy(a->net_in, app) == -1 || fd_copy(a->net_out, app) == -1) die_system("arrange descriptors");
  if (app != a->net_in && app != a->net_out) fd_close(app);
}

void engage(struct around const *a)
{
  static struct outcome outcome;
  int app[2], notification[2];
  int status;
  pid_t middle;
  remember_children();
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, app) == -1 || pipe(notification) == -1) die_system("make a socket for the clear text");
  middle = start_middle(a, app, notification);
  if (outcome_receive(&outcome, notification[0], NO_DEADLINE) == -1) end_with(middle, errno);
  fd_close(notification[0]);
  kill(middle, SIGKILL);
  wait_pid(middle, &status);
  take_place(a, app[0]);
  outcome_to_environment(&outcome);
}
