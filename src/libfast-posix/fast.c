/* The portable twin: what fast.h promises with POSIX and skalibs alone. */

#define _GNU_SOURCE  /* SO_PEERGROUPS, where there is such a thing */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>

#include <skalibs/djbunix.h>
#include <skalibs/selfpipe.h>

#include "fast.h"
#include "log_portable.h"

/* On systems where the connection inherits O_NONBLOCK from the listener it is taken away again. */
int fast_accept(int listener, struct address *remote)
{
  int fd;
  remote->length = sizeof remote->sa;
  fd = accept(listener, &remote->sa.any, &remote->length);
  if (fd == -1) return -1;
  if (coe(fd) == -1 || ndelay_off(fd) == -1)
  {
    fd_close(fd);
    return -1;
  }
  return fd;
}

/* The mask is emptied first: a signal that our parent had blocked would never reach the pipe. */
int fast_signals_open(sigset_t const *set)
{
  sigset_t none;
  int fd;
  sigemptyset(&none);
  if (sigprocmask(SIG_SETMASK, &none, 0) == -1) return -1;
  fd = selfpipe_init();
  if (fd == -1) return -1;
  return selfpipe_trapset(set) ? fd : -1;
}

int fast_signals_read(int fd, struct signal_event *events, unsigned int max)
{
  unsigned int n = 0;
  (void)fd;
  while (n < max)
  {
    int number = selfpipe_read();
    if (number == -1) return -1;
    if (!number) break;
    events[n].number = number;
    events[n].child = 0;
    n++;
  }
  return (int)n;
}

int fast_log_kind(int fd)
{
  return log_kind_portable(fd);
}

ssize_t fast_log_write(int fd, int kind, char const *s, size_t length)
{
  return log_write_portable(fd, kind, s, length);
}

int fast_launch_works(void)
{
  return 0;
}

pid_t fast_launch(struct launch *s, int connection)
{
  (void)s;
  (void)connection;
  return (errno = ENOSYS, -1);
}

/* A portable launch is over when it returns: no slot is ever busy. */
void fast_launch_wait(struct launch *s, unsigned int milliseconds)
{
  (void)s;
  (void)milliseconds;
}
