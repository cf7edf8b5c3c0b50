/* Unix-domain connections: see connect_local.h. */

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <skalibs/djbunix.h>

#include "connect_local.h"
#include "deadline.h"
#include "die.h"
#include "local_address.h"

static void require_socket_path(struct address *a, char const *path)
{
  char space[LOCAL_DIGITS_MAX];
  if (local_parse(a, path) == 0) return;
  if (errno == EINVAL) die_usage("the path of a socket is empty");
  die_usage("the path ", path, " is too long: it may have at most ", local_most(space), " bytes");
}

/* A non-blocking connect to a listener whose queue is full fails without waiting for room; a blocking one
   waits as long as the send timeout allows. */
static int limit_wait(int fd, uint64_t deadline)
{
  struct timeval tv = { 0, 0 };
  int left = deadline_left(deadline);
  if (left >= 0)
  {
    tv.tv_sec = left / 1000;
    tv.tv_usec = left % 1000 * 1000 + 1;
  }
  return setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof tv);
}

/* Some systems carry on with an interrupted connect, and report it when asked again; others, like Linux, want
   it to be begun again. */
static int connect_until(int fd, struct address const *a, uint64_t deadline)
{
  for (;;)
  {
    if (deadline_passed(deadline)) return (errno = ETIMEDOUT, -1);
    if (limit_wait(fd, deadline) == -1) return -1;
    if (connect(fd, &a->sa.any, a->length) == 0 || errno == EISCONN) break;
    if (errno == EALREADY || errno == EINPROGRESS)
    {
      if (deadline_poll(fd, POLLOUT, deadline) == -1) return -1;
      continue;
    }
    /* EAGAIN: the send timeout, which is the deadline, has passed. */
    if (errno != EINTR && !(errno == EAGAIN && deadline != NO_DEADLINE)) return -1;
  }
  return limit_wait(fd, NO_DEADLINE);
}

int connect_local_or_die(char const *path, char const *from, uint64_t deadline)
{
  struct address there, here;
  int fd;
  require_socket_path(&there, path);
  if (from) require_socket_path(&here, from);
  fd = socket(AF_UNIX, SOCK_STREAM, 0);
  if (fd == -1 || coe(fd) == -1) die_system("create a socket for ", path);
  if (from && bind(fd, &here.sa.any, here.length) == -1) die_system("bind to ", from);
  if (connect_until(fd, &there, deadline) == -1) die_system("connect to ", path);
  return fd;
}
