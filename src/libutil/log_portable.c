/* Writing to a log without waiting for its reader, in POSIX.

   O_NONBLOCK belongs to the open file, which our children and the one who started us share: it is not ours to set. poll(2)
   is no guarantee either: another process may take the room that it saw. So pipes, terminals and other devices are opened a
   second time, for us alone. Where that is refused, poll is asked, and no more is written than it vouches for. */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fds.h"
#include "log_portable.h"

static enum log_kind kind_of(int fd)
{
  struct stat st;
  if (fstat(fd, &st) == -1) return LOG_KIND_OTHER;
  if (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)) return LOG_KIND_FILE;
  if (S_ISFIFO(st.st_mode)) return LOG_KIND_PIPE;
  if (S_ISSOCK(st.st_mode)) return LOG_KIND_SOCKET;
  return isatty(fd) ? LOG_KIND_TERMINAL : LOG_KIND_OTHER;
}

static void try_to_own(struct platform_log *l)
{
  int own = fd_reopen(l->shared, O_WRONLY);
  l->refused = own == -1 ? errno : 0;
  l->fd = own == -1 ? l->shared : own;
}

void log_open_portable(struct platform_log *l, int fd)
{
  l->shared = l->fd = fd;
  l->kind = kind_of(fd);
  l->refused = l->may_wait = 0;
  l->relay[0] = l->relay[1] = -1;
  if (l->kind != LOG_KIND_FILE && l->kind != LOG_KIND_SOCKET) try_to_own(l);
}

/* A pipe without a reader cannot be opened for writing (ENXIO); a fifo may get one later. */
int log_is_own(struct platform_log *l)
{
  if (l->refused == ENXIO) try_to_own(l);
  if (l->refused == ENXIO) return (errno = EPIPE, -1);
  return !l->refused;
}

/* What poll vouches for: PIPE_BUF bytes of a pipe, and of a terminal nothing but that there is some room. */
static size_t vouched_for(struct platform_log const *l, size_t length)
{
  if (l->kind == LOG_KIND_TERMINAL) return 1;
  return length < PIPE_BUF ? length : PIPE_BUF;
}

static ssize_t write_if_ready(struct platform_log *l, char const *s, size_t length)
{
  struct pollfd p = { .fd = l->fd, .events = POLLOUT };
  int r = poll(&p, 1, 0);
  if (r == -1) return -1;
  if (!r) return (errno = EAGAIN, -1);
  if (l->kind != LOG_KIND_OTHER) l->may_wait = 1;
  return write(l->fd, s, vouched_for(l, length));
}

ssize_t log_write_portable(struct platform_log *l, char const *s, size_t length)
{
  if (l->kind == LOG_KIND_FILE) return write(l->fd, s, length);
  if (l->kind == LOG_KIND_SOCKET) return send(l->fd, s, length, MSG_DONTWAIT | MSG_NOSIGNAL);
  switch (log_is_own(l))
  {
    case 1 : return write(l->fd, s, length);
    case 0 : return write_if_ready(l, s, length);
    default : return -1;
  }
}
