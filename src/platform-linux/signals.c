/* Signals by signalfd: they stay blocked for life, so no handler can run in memory that a child shares,
   and each SIGCHLD names a child. */

#include <errno.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "platform.h"

enum { BATCH = 8 };

/* SETMASK, not BLOCK: what our parent had blocked is not our business, and SIGINT must work. */
int platform_signals_open(sigset_t const *set)
{
  if (sigprocmask(SIG_SETMASK, set, 0) == -1) return -1;
  return signalfd(-1, set, SFD_NONBLOCK | SFD_CLOEXEC);
}

int platform_signals_read(int fd, struct signal_event *events, unsigned int max)
{
  struct signalfd_siginfo raw[BATCH];
  ssize_t r = read(fd, raw, (max < BATCH ? max : BATCH) * sizeof raw[0]);
  int i = 0, n;
  if (r == -1) return errno == EAGAIN || errno == EINTR ? 0 : -1;
  n = (int)((size_t)r / sizeof raw[0]);
  for (; i < n; i++)
  {
    events[i].number = (int)raw[i].ssi_signo;
    events[i].child = raw[i].ssi_signo == SIGCHLD ? (pid_t)raw[i].ssi_pid : 0;
  }
  return n;
}
