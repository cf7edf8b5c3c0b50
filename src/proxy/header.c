/* Reading a header: see header.h. What a socket holds can be looked at first. From a pipe only as much is read as every
   header that begins so must have. */

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "deadline.h"
#include "die.h"
#include "header.h"

static void wait_for_data(int fd, uint64_t deadline)
{
  if (deadline_poll(fd, POLLIN, deadline) != -1) return;
  if (errno == ETIMEDOUT) strerr_dief(EXIT_SYSTEM, "no proxy header in time");
  die_system("wait for a proxy header");
}

/* -1 with EAGAIN: nothing is there after all. */
static size_t require_bytes(ssize_t r, size_t before)
{
  if (r > 0) return (size_t)r;
  if (r == -1 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) return 0;
  if (r == -1) die_system("read a proxy header");
  if (before) strerr_dief(EXIT_SYSTEM, "bad proxy header: it ends too early");
  strerr_dief(EXIT_SYSTEM, "no proxy header");
}

static enum proxy_verdict judge(struct proxy_header *h, char const *bytes, size_t n, unsigned int accepted)
{
  enum proxy_verdict verdict = proxy_parse(h, bytes, n, accepted);
  if (verdict == PROXY_WRONG) strerr_dief(EXIT_REFUSED, "bad proxy header: ", h->why);
  return verdict;
}

/* How many of the next bytes are part of the header. They are there, and in place, but not taken. */
static size_t look(struct proxy_header *h, char *bytes, size_t n, int fd, unsigned int accepted)
{
  size_t more = require_bytes(recv(fd, bytes + n, PROXY_LONGEST - n, MSG_PEEK | MSG_DONTWAIT), n);
  return judge(h, bytes, n + more, accepted) == PROXY_COMPLETE ? h->length - n : more;
}

static int is_socket(int fd)
{
  int type;
  socklen_t size = sizeof type;
  return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0;
}

void header_read(struct proxy_header *h, char *bytes, int fd, unsigned int accepted, uint64_t deadline)
{
  int can_look = is_socket(fd);
  size_t n = 0;
  while (judge(h, bytes, n, accepted) == PROXY_MORE)
  {
    size_t wanted = h->length - n;
    wait_for_data(fd, deadline);
    if (can_look) wanted = look(h, bytes, n, fd, accepted);
    if (wanted) n += require_bytes(read(fd, bytes + n, wanted), n);
  }
}
