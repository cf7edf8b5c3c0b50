/* Reading and writing without waiting: see nowait.h. */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <skalibs/djbunix.h>

#include "file_same.h"
#include "fds.h"
#include "nowait.h"

/* Opens the pipe of fd a second time and puts that in its place. Where the system has no such
   directory, or we have no right to do it, or the pipe has no reader, it does not work. With another mode
   the number of readers or writers would change, and with it who sees the end. */
static int reopen(int fd)
{
  int flags = fcntl(fd, F_GETFL);
  int again = flags == -1 ? -1 : fd_reopen(fd, flags & O_ACCMODE);
  return again == -1 ? -1 : fd_move(fd, again);
}

static int has_messages(int fd)
{
  int type = 0;
  socklen_t length = sizeof type;
  return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) == 0 && type == SOCK_DGRAM;
}

/* POSIX: a pipe that polls writable takes this much without waiting. */
enum { POLLED_WRITE = 512 };

static int look_at(struct nowait *e, int fd, int is_input)
{
  struct stat st;
  e->fd = fd;
  e->is_input = is_input;
  e->messages = e->borrowed = 0;
  if (fstat(fd, &st) == -1) return -1;
  if (S_ISSOCK(st.st_mode))
  {
    e->kind = NOWAIT_SOCKET;
    e->messages = has_messages(fd);
  }
  else if (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode) || S_ISBLK(st.st_mode)) e->kind = NOWAIT_PLAIN;
  else if (S_ISFIFO(st.st_mode) && reopen(fd) == 0) e->kind = NOWAIT_PRIVATE;
  else e->kind = NOWAIT_SHARED;
  return 0;
}

int nowait_open(struct nowait *e, int fd, int is_input)
{
  if (look_at(e, fd, is_input) == -1) return -1;
  nowait_borrow(e);
  return 0;
}

int nowait_open_polled(struct nowait *e, int fd, int is_input)
{
  if (look_at(e, fd, is_input) == -1) return -1;
  if (e->kind == NOWAIT_SHARED) e->kind = NOWAIT_POLLED;
  return 0;
}

/* Whether poll(2) allows it now; EAGAIN if not. */
static int is_ready(struct nowait const *e, short events)
{
  struct pollfd p = { .fd = e->fd, .events = events, .revents = 0 };
  if (poll(&p, 1, 0) > 0) return 1;
  errno = EAGAIN;
  return 0;
}

ssize_t nowait_read(struct nowait *e, char *s, size_t length)
{
  ssize_t r;
  if (e->kind == NOWAIT_POLLED && !is_ready(e, POLLIN)) return -1;
  do r = e->kind == NOWAIT_SOCKET ? recv(e->fd, s, length, MSG_DONTWAIT) : read(e->fd, s, length);
  while (r == -1 && errno == EINTR);
  if (!r && e->messages) return (errno = EAGAIN, -1);
  return r;
}

ssize_t nowait_write(struct nowait *e, char const *s, size_t length)
{
  ssize_t r;
  if (e->kind == NOWAIT_POLLED)
  {
    if (!is_ready(e, POLLOUT)) return -1;
    if (length > POLLED_WRITE) length = POLLED_WRITE;
  }
  do r = e->kind == NOWAIT_SOCKET ? send(e->fd, s, length, MSG_DONTWAIT | MSG_NOSIGNAL) : write(e->fd, s, length);
  while (r == -1 && errno == EINTR);
  return r;
}

void nowait_borrow(struct nowait *e)
{
  int flags;
  if (e->fd == -1 || e->kind != NOWAIT_SHARED) return;
  flags = fcntl(e->fd, F_GETFL);
  if (flags == -1 || flags & O_NONBLOCK) return;
  if (fcntl(e->fd, F_SETFL, flags | O_NONBLOCK) == 0) e->borrowed = 1;
}

/* Whatever else was set in the meantime stays. */
void nowait_give_back(struct nowait *e)
{
  int flags;
  if (e->fd == -1 || !e->borrowed) return;
  flags = fcntl(e->fd, F_GETFL);
  if (flags != -1) fcntl(e->fd, F_SETFL, flags & ~O_NONBLOCK);
  e->borrowed = 0;
}

void nowait_close(struct nowait *e)
{
  if (e->fd == -1) return;
  nowait_give_back(e);
  if (e->kind == NOWAIT_SOCKET) shutdown(e->fd, e->is_input ? SHUT_RD : SHUT_WR);
  fd_close(e->fd);
  e->fd = -1;
}
