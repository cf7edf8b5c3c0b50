/* The banner that a client gets before it is judged. */

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <skalibs/allreadwrite.h>

#include "deadline.h"
#include "die.h"
#include "tcp_access.h"

/* MSG_DONTWAIT: the connection is blocking, and poll(2) promises room for one byte only. What is no socket
   is a pipe or a file, and takes a banner at once when it is ready (PIPE_BUF). */
static ssize_t send_some(char const *s, size_t length)
{
  ssize_t r = send(1, s, length, MSG_DONTWAIT | MSG_NOSIGNAL);
  return r == -1 && errno == ENOTSOCK ? fd_write(1, s, length) : r;
}

void access_greet(struct access const *a)
{
  char const *s = a->settings.banner;
  size_t left = a->settings.banner_length;
  while (left)
  {
    ssize_t r = deadline_poll(1, POLLOUT, a->deadline);
    if (r != -1) r = send_some(s, left);
    if (r == -1 && (errno == EAGAIN || errno == EINTR)) continue;
    if (r == -1) die_system("write the banner");
    s += r;
    left -= (size_t)r;
  }
}
