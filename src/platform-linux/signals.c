/* Signals by signalfd: they stay blocked for life, so no handler can run in memory that a child shares,
   and each SIGCHLD names a child. Where the system refuses it, by a pipe. */

#include <errno.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "platform.h"
#include "signals_portable.h"

enum { BATCH = 8 };

/* SETMASK, not BLOCK: what our parent had blocked is not our business, and SIGINT must work. */
int platform_signals_open(sigset_t const *set, int *refused)
{
  int fd;
  *refused = 0;
  if (sigprocmask(SIG_SETMASK, set, 0) == -1) return -1;
  fd = signalfd(-1, set, SFD_NONBLOCK | SFD_CLOEXEC);
  if (fd != -1 || errno == EMFILE || errno == ENFILE) return fd;
  *refused = errno;
  return signals_portable_open(set);
}

static int read_portably(struct signal_event *events, unsigned int max)
{
  unsigned int n = 0;
  for (; n < max; n++)
  {
    events[n].number = signals_portable_read();
    events[n].child = 0;
    if (!events[n].number) break;
  }
  return (int)n;
}

int platform_signals_read(int fd, struct signal_event *events, unsigned int max)
{
  struct signalfd_siginfo raw[BATCH];
  ssize_t r;
  int i = 0, n;
  if (signals_portable_is(fd)) return read_portably(events, max);
  r = read(fd, raw, (max < BATCH ? max : BATCH) * sizeof raw[0]);
  if (r == -1) return errno == EAGAIN || errno == EINTR ? 0 : -1;
  n = (int)((size_t)r / sizeof raw[0]);
  for (; i < n; i++)
  {
    events[i].number = (int)raw[i].ssi_signo;
    events[i].child = raw[i].ssi_signo == SIGCHLD ? (pid_t)raw[i].ssi_pid : 0;
  }
  return n;
}
