/* A fork whose exit code is not lost: see subprocess.h. */

#include <signal.h>
#include <unistd.h>

#include "subprocess.h"

pid_t fork_waitable(void)
{
  struct sigaction usual = { .sa_handler = SIG_DFL }, before;
  pid_t pid;
  sigemptyset(&usual.sa_mask);
  sigaction(SIGCHLD, &usual, &before);
  pid = fork();
  if (!pid) sigaction(SIGCHLD, &before, 0);
  return pid;
}
