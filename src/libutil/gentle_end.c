/* Ending a connection gently: see gentle_end.h. */

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "deadline.h"
#include "gentle_end.h"

enum { PIECE = 16384 };

/* A peer that never stops sending is left at the deadline: read() cannot wait after a poll that finds data. */
static void read_to_end(int from, uint64_t deadline)
{
  char piece[PIECE];
  while (!deadline_passed(deadline) && deadline_poll(from, POLLIN, deadline) != -1)
  {
    ssize_t n = read(from, piece, sizeof piece);
    if (!n || (n == -1 && errno != EINTR && errno != EAGAIN)) return;
  }
}

void gentle_end(int from, int to, uint64_t deadline)
{
  if (shutdown(to, SHUT_WR) == -1)
  {
    if (errno == ENOTSOCK) close(to);
    if (errno == ENOTCONN) return;
  }
  read_to_end(from, deadline);
}
