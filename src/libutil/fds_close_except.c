/* Closing all descriptors but a few, between the gaps where the system can close a range: see fds.h. */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include "config.h"
#include "fds.h"

enum { KEEP_MAX = 16 };

#if SALLYPORT_WITH_CLOSE_RANGE
static int close_gap(int from, int to)
{
  if (from > to) return 0;
  return close_range((unsigned int)from, (unsigned int)to, 0);
}
#else
static int close_gap(int from, int to)
{
  (void)from;
  (void)to;
  return (errno = ENOSYS, -1);
}
#endif

static int lowest_above(int from, int const *keep, size_t count)
{
  int next = INT_MAX;
  size_t i = 0;
  for (; i < count; i++) if (keep[i] >= from && keep[i] < next) next = keep[i];
  return next;
}

static int is_kept(int fd, int const *keep, size_t count)
{
  while (count--) if (keep[count] == fd) return 1;
  return 0;
}

/* One after the other up to the largest that is kept; what is above goes by the list of what is open. */
static void close_slowly(int lowest, int const *keep, size_t count)
{
  int highest = lowest - 1;
  size_t i = 0;
  for (; i < count; i++) if (keep[i] > highest) highest = keep[i];
  fds_close_from(highest + 1);
  for (; lowest <= highest; lowest++) if (!is_kept(lowest, keep, count)) close(lowest);
}

void fds_close_except(int lowest, int const *keep, size_t count)
{
  int from = lowest;
  for (;;)
  {
    int next = lowest_above(from, keep, count);
    if (close_gap(from, next == INT_MAX ? INT_MAX : next - 1) == -1) break;
    if (next == INT_MAX) return;
    from = next + 1;
  }
  close_slowly(lowest, keep, count);
}
