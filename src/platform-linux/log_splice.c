/* Writing without waiting to a pipe that cannot be opened a second time, as that of another user: the usual case of a
   daemon that has given root up. RWF_NOWAIT does it on a new kernel, for pipes that have no name. splice(2) does it everywhere,
   from a pipe of our own, and takes more of the room. */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "platform.h"

#ifndef RWF_NOWAIT
#define RWF_NOWAIT 8
#endif

/* Made before there can be a shortage of descriptors. */
static void open_relay(struct platform_log *l)
{
  if (pipe2(l->relay, O_CLOEXEC | O_NONBLOCK) == -1) l->relay[0] = -1;
}

static void close_relay(struct platform_log *l)
{
  if (l->relay[0] == -1) return;
  close(l->relay[0]);
  close(l->relay[1]);
  l->relay[0] = -1;
}

void platform_log_open(struct platform_log *l, int fd)
{
  log_open_portable(l, fd);
  if (l->kind == LOG_KIND_PIPE && l->refused && l->refused != ENXIO) open_relay(l);
}

void platform_log_close(struct platform_log *l)
{
  close_relay(l);
  if (l->fd != l->shared) close(l->fd);
}

/* By number: the libc of some systems is older than the call. The position has two halves, and -1 is none. */
static ssize_t write_if_room(int fd, char const *s, size_t length)
{
  struct iovec v = { (void *)s, length };
  return syscall(SYS_pwritev2, (long)fd, &v, 1L, -1L, -1L, (long)RWF_NOWAIT);
}

/* What found no room is taken back: the caller still has it. */
static void empty_relay(struct platform_log *l)
{
  char rest[PIPE_BUF];
  while (read(l->relay[0], rest, sizeof rest) > 0);
}

/* A page at a time: each takes one place in the other pipe. */
static ssize_t relay(struct platform_log *l, char const *s, size_t length)
{
  ssize_t n = write(l->relay[1], s, length < PIPE_BUF ? length : PIPE_BUF), r;
  int e;
  if (n == -1) return -1;
  r = splice(l->relay[0], 0, l->fd, 0, (size_t)n, SPLICE_F_NONBLOCK);
  e = errno;
  if (r < n) empty_relay(l);
  errno = e;
  return r;
}

static int is_refusal(int e)
{
  return e == EOPNOTSUPP || e == ENOSYS || e == EINVAL || e == EPERM;
}

static ssize_t write_to_shared_pipe(struct platform_log *l, char const *s, size_t length)
{
  ssize_t r = write_if_room(l->fd, s, length);
  if (r != -1 || !is_refusal(errno)) return r;
  if (l->relay[0] != -1)
  {
    r = relay(l, s, length);
    if (r != -1 || !is_refusal(errno)) return r;
    close_relay(l);
  }
  return log_write_portable(l, s, length);
}

ssize_t platform_log_write(struct platform_log *l, char const *s, size_t length)
{
  int own;
  if (l->kind != LOG_KIND_PIPE) return log_write_portable(l, s, length);
  own = log_is_own(l);
  if (own == -1) return -1;
  return own ? write(l->fd, s, length) : write_to_shared_pipe(l, s, length);
}
