/* The portable twin: what platform.h promises with POSIX and skalibs alone. */

#define _GNU_SOURCE  /* SO_PEERGROUPS, where there is such a thing */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/selfpipe.h>

#include "accept_portable.h"
#include "platform.h"
#include "signals_portable.h"

int platform_accept(int listener, struct address *remote)
{
  return accept_portable(listener, remote);
}

int platform_child_fd(pid_t pid)
{
  (void)pid;
  return -1;
}

int platform_backlog(int listener)
{
  (void)listener;
  return -1;
}

int platform_connection(int fd, struct platform_connection *c)
{
  (void)fd;
  (void)c;
  return (errno = ENOSYS, -1);
}

int platform_is_tcp(int fd)
{
  (void)fd;
  return 1;
}

int platform_connections_open(void)
{
  return (errno = ENOSYS, -1);
}

int platform_connection_idle(int fd, struct platform_connection const *c, uint32_t *milliseconds)
{
  (void)fd;
  (void)c;
  (void)milliseconds;
  return (errno = ENOSYS, -1);
}

enum { SIGNALS = 32 };  /* those that every system has are below */

static volatile sig_atomic_t came[SIGNALS];

static void note(int number)
{
  came[number] = 1;
}

static int note_meanwhile(sigset_t const *set, struct sigaction *before)
{
  struct sigaction action = { .sa_handler = &note, .sa_flags = SA_RESTART };
  int number = 1;
  sigfillset(&action.sa_mask);
  for (; number < SIGNALS; number++)
    if (sigismember(set, number) == 1 && sigaction(number, &action, &before[number]) == -1) return -1;
  return 0;
}

/* selfpipe has handlers of its own, or, with signalfd(2), blocks the signals: then they get back what they had, which the
   programs inherit. Those that have come are sent again. */
static void stop_noting(sigset_t const *set, struct sigaction const *before)
{
  struct sigaction now;
  int number = 1;
  for (; number < SIGNALS; number++)
  {
    if (sigismember(set, number) != 1) continue;
    if (sigaction(number, 0, &now) == 0 && now.sa_handler == &note) sigaction(number, &before[number], 0);
    if (came[number]) raise(number);
  }
}

/* skalibs uses signalfd(2) where it was built with it. */
static int take_over(sigset_t const *set, int *refused)
{
  int fd = selfpipe_init();
  if (fd == -1 && (errno == EMFILE || errno == ENFILE)) return -1;
  if (fd != -1) return selfpipe_trapset(set) ? fd : -1;
  *refused = errno;
  return signals_portable_open(set);
}

/* selfpipe_init empties the mask, because a signal that our parent had blocked would never reach the pipe. Before
   selfpipe_trapset one that waits then, as skd lets signals wait, or that comes just then, would end us: it is noted. */
int platform_signals_open(sigset_t const *set, int *refused)
{
  static struct sigaction before[SIGNALS];
  int fd;
  *refused = 0;
  if (note_meanwhile(set, before) == -1) return -1;
  fd = take_over(set, refused);
  if (fd == -1) return -1;
  stop_noting(set, before);
  return fd;
}

int platform_signals_read(int fd, struct signal_event *events, unsigned int max)
{
  unsigned int n = 0;
  while (n < max)
  {
    int number = signals_portable_is(fd) ? signals_portable_read() : selfpipe_read();
    if (number == -1) return -1;
    if (!number) break;
    events[n].number = number;
    events[n].child = 0;
    n++;
  }
  return (int)n;
}

int platform_memory_file(void)
{
  char name[] = "/tmp/sallyport.XXXXXX";
  int fd = mkstemp(name);
  if (fd == -1) return -1;
  unlink(name);
  return coe(fd) == -1 ? -1 : fd;
}

int platform_adopts_orphans(void)
{
  return getpid() == 1;
}

void platform_log_open(struct platform_log *l, int fd)
{
  log_open_portable(l, fd);
}

void platform_log_close(struct platform_log *l)
{
  if (l->fd != l->shared) fd_close(l->fd);
}

ssize_t platform_log_write(struct platform_log *l, char const *s, size_t length)
{
  return log_write_portable(l, s, length);
}

unsigned int platform_processors(void)
{
#ifdef _SC_NPROCESSORS_ONLN
  long n = sysconf(_SC_NPROCESSORS_ONLN);
  if (n > 0) return (unsigned int)n;
#endif
  return 1;
}

int platform_launch_works(void)
{
  return (errno = 0, 0);
}

pid_t platform_launch(struct platform_child *s, int connection)
{
  (void)s;
  (void)connection;
  return (errno = ENOSYS, -1);
}

/* A portable launch is over when it returns: no slot is ever busy. */
void platform_launch_wait(struct platform_child *s, unsigned int milliseconds)
{
  (void)s;
  (void)milliseconds;
}
