/* Signals by a pipe. The byte in it only wakes the loop: what has come is noted in an array, so that a full pipe loses nothing. */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/djbunix.h>

#include "signals_portable.h"

enum { SIGNALS = 32, BATCH = 64 };  /* those that every system has are below */

/* A handler has no argument by which it could be given this. */
static volatile sig_atomic_t came[SIGNALS];
static int ends[2] = { -1, -1 };
static sigset_t ours;

static void note(int number)
{
  int e = errno;
  came[number] = 1;
  if (write(ends[1], "", 1) == -1) errno = e;  /* full: it wakes already */
  errno = e;
}

static int each_is(sigset_t const *set, struct sigaction const *action)
{
  int number = 1;
  for (; number < SIGNALS; number++)
    if (sigismember(set, number) == 1 && sigaction(number, action, 0) == -1) return -1;
  return 0;
}

/* What the mask lets wait until the last handler is there is delivered then. */
int signals_portable_open(sigset_t const *set)
{
  struct sigaction action = { .sa_handler = &note, .sa_flags = SA_RESTART };
  sigset_t none;
  if (sigprocmask(SIG_SETMASK, set, 0) == -1 || pipenbcoe(ends) == -1) return -1;
  sigfillset(&action.sa_mask);
  ours = *set;
  if (each_is(set, &action) == -1) return -1;
  sigemptyset(&none);
  return sigprocmask(SIG_SETMASK, &none, 0) == -1 ? -1 : ends[0];
}

void signals_portable_forget(void)
{
  struct sigaction usual = { .sa_handler = SIG_DFL };
  if (ends[0] == -1) return;
  sigemptyset(&usual.sa_mask);
  each_is(&ours, &usual);
}

int signals_portable_is(int fd)
{
  return fd != -1 && fd == ends[0];
}

/* The pipe first: what comes after that wakes again. */
int signals_portable_read(void)
{
  char bytes[BATCH];
  int number = 1;
  while (read(ends[0], bytes, sizeof bytes) > 0);
  for (; number < SIGNALS; number++)
  {
    if (!came[number]) continue;
    came[number] = 0;
    return number;
  }
  return 0;
}
