/* Deadlines: see deadline.h. */

#include <errno.h>
#include <limits.h>
#include <poll.h>

#include "clock.h"
#include "deadline.h"

uint64_t deadline_after(uint64_t milliseconds)
{
  return milliseconds ? clock_millis() + milliseconds : NO_DEADLINE;
}

uint64_t deadline_sooner(uint64_t a, uint64_t b)
{
  if (a == NO_DEADLINE) return b;
  if (b == NO_DEADLINE) return a;
  return a < b ? a : b;
}

int deadline_left(uint64_t deadline)
{
  uint64_t now;
  if (deadline == NO_DEADLINE) return -1;
  now = clock_millis();
  if (now >= deadline) return 0;
  return deadline - now > INT_MAX ? INT_MAX : (int)(deadline - now);
}

int deadline_passed(uint64_t deadline)
{
  return deadline_left(deadline) == 0;
}

int deadline_poll(int fd, short events, uint64_t deadline)
{
  struct pollfd p = { .fd = fd, .events = events, .revents = 0 };
  for (;;)
  {
    int r = poll(&p, 1, deadline_left(deadline));
    if (r > 0) return p.revents;
    if (r == -1 && errno != EINTR) return -1;
    if (deadline_passed(deadline)) return (errno = ETIMEDOUT, -1);
  }
}
