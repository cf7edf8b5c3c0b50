/* Writing to a log without waiting for its reader, in POSIX: ask first, and write no more than is sure
   to fit. */

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log_portable.h"

int log_kind_portable(int fd)
{
  struct stat st;
  if (fstat(fd, &st) == -1) return LOG_KIND_OTHER;
  if (S_ISREG(st.st_mode)) return LOG_KIND_FILE;
  if (S_ISFIFO(st.st_mode)) return LOG_KIND_PIPE;
  if (S_ISSOCK(st.st_mode)) return LOG_KIND_SOCKET;
  return LOG_KIND_OTHER;
}

/* poll says writable when PIPE_BUF bytes fit (POSIX, write(2) and poll(2)). Another process that writes
   to the same pipe in between can still make us wait: that is as good as it gets without O_NONBLOCK. */
static ssize_t write_if_ready(int fd, char const *s, size_t length)
{
  struct pollfd p = { .fd = fd, .events = POLLOUT };
  int r = poll(&p, 1, 0);
  if (r == -1) return -1;
  if (!r) return (errno = EAGAIN, -1);
  return write(fd, s, length < PIPE_BUF ? length : PIPE_BUF);
}

ssize_t log_write_portable(int fd, int kind, char const *s, size_t length)
{
  switch (kind)
  {
    case LOG_KIND_FILE : return write(fd, s, length);
    case LOG_KIND_SOCKET : return send(fd, s, length, MSG_DONTWAIT | MSG_NOSIGNAL);
    default : return write_if_ready(fd, s, length);
  }
}
