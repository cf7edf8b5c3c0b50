/* Holding signals back: see interrupt.h. */

#include "interrupt.h"

/* What the caller ignores or blocks is none of our business: it would stay pending and end nothing. */
static int would_end_us(int sig, sigset_t const *blocked)
{
  struct sigaction action;
  return !sigismember(blocked, sig) && sigaction(sig, 0, &action) == 0 && action.sa_handler == SIG_DFL;
}

void interrupt_hold(struct interrupt *i)
{
  static int const signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGALRM, SIGUSR1, SIGUSR2, SIGXCPU, 0 };
  int const *sig = signals;
  /* A full disk quota or a warning without a reader is an error of one write, not our end. */
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);
  sigprocmask(SIG_BLOCK, 0, &i->before);
  sigemptyset(&i->held);
  for (; *sig; sig++)
    if (would_end_us(*sig, &i->before)) sigaddset(&i->held, *sig);
  sigprocmask(SIG_BLOCK, &i->held, 0);
}

int interrupt_came(struct interrupt const *i)
{
  sigset_t pending;
  int sig = 1;
  if (sigpending(&pending) == -1) return 0;
  for (; sig < 32; sig++)
    if (sigismember(&pending, sig) == 1 && sigismember(&i->held, sig) == 1) return 1;
  return 0;
}

void interrupt_release(struct interrupt const *i)
{
  sigprocmask(SIG_SETMASK, &i->before, 0);
}
