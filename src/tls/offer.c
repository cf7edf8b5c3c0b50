/* The UCSPI-TLS protocol: prog writes one byte to SSLCTLFD. "y" asks for TLS, "Y" for its variables too; an end of the
   file declines. The process that waits is an orphan, so that prog finds no unknown child. */

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/sig.h>

#include "chain.h"
#include "die.h"
#include "offer.h"
#include "text.h"

static void report_declined(struct around const *a, pid_t prog)
{
  char space[32];
  struct text number = TEXT_IN(space);
  if (opts_number(a->given, "verbosity", 1) < 2) return;
  text_number(&number, (uint64_t)prog);
  strerr_warni("pid ", text_end(&number), " declined opportunistic TLS");
}

static int is_known(char command)
{
  return command == 'y' || command == 'Y';
}

/* `prog` is the process that asks: its number is known before. */
static void wait_for_word(struct around const *a, int control, int app, pid_t prog)
{
  char command;
  ssize_t r;
  do r = read(control, &command, 1);
  while (r == -1 && errno == EINTR);
  if (r <= 0)
  {
    report_declined(a, prog);
    _exit(0);
  }
  if (!is_known(command)) strerr_dief(EXIT_USAGE, "unknown command on the control socket");
  if (command == 'y') fd_close(control);
  else shutdown(control, SHUT_RD);
  around_become_io(a, app, command == 'Y' ? control : -1);
}

static void start_waiting(struct around const *a, int const *control, int const *app)
{
  pid_t prog = getpid();
  int status;
  pid_t pid = fork();
  if (pid == -1) die_system("start the process that waits for a command");
  if (!pid)
  {
    pid = fork();
    if (pid) _exit(pid == -1 ? EXIT_SYSTEM : 0);
    fd_close(control[0]);
    fd_close(app[0]);
    wait_for_word(a, control[1], app[1], prog);
  }
  if (wait_pid(pid, &status) == -1 || status) die_system("start the process that waits for a command");
}

void offer(struct around const *a)
{
  int control[2], app[2];
  if (!sig_restore(SIGCHLD)) die_system("restore SIGCHLD");
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, control) == -1 || socketpair(AF_UNIX, SOCK_STREAM, 0, app) == -1) die_system("make sockets for UCSPI-TLS");
  start_waiting(a, control, app);
  fd_close(control[1]);
  fd_close(app[1]);
  chain_env_number("SSLCTLFD", (unsigned long)control[0]);
  chain_env_number("SSLREADFD", (unsigned long)app[0]);
  chain_env_number("SSLWRITEFD", (unsigned long)app[0]);
}
