/* Descriptors that the daemon keeps for clients: see launch.h. */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include "launch.h"
#include "number.h"

/* The numbers below are ours, of a few clients that wait, and of those on their way; a table of so many is cheap to copy. What we were
   given may be above, too. */
enum { FEW = 8, FIRST_APART = 256, IMPOSSIBLE = -1 };

/* The number after the highest that is open. -1 where the system does not provide it. */
static int after_highest(void)
{
  DIR *dir = opendir("/proc/self/fd");
  struct dirent *entry;
  int after = 0;
  if (!dir) return -1;
  while ((entry = readdir(dir)))
  {
    uint64_t fd;
    if (number_parse(entry->d_name, 10, INT_MAX - 1, &fd) == 0 && (int)fd >= after) after = (int)fd + 1;
  }
  closedir(dir);
  return after;
}

static void begin(struct launcher *l)
{
  int after = after_highest();
  l->apart = after < 0 ? IMPOSSIBLE : after > FIRST_APART ? after : FIRST_APART;
}

void launcher_leave_numbers(struct launcher *l)
{
  l->apart = IMPOSSIBLE;
}

int launcher_is_crowded(struct launcher const *l)
{
  return l->kept > FEW && l->apart > 0;
}

int launcher_keep(struct launcher *l, int fd)
{
  int moved;
  if (++l->kept <= FEW || l->portable) return fd;
  if (!l->apart) begin(l);
  if (l->apart == IMPOSSIBLE || fd >= l->apart) return fd;
  moved = fcntl(fd, F_DUPFD_CLOEXEC, l->apart);
  if (moved == -1) return fd;
  close(fd);
  return moved;
}

void launcher_kept(struct launcher *l)
{
  l->kept--;
}

int launcher_bring(struct launcher *l, int fd)
{
  int moved;
  if (l->apart <= 0 || fd < l->apart) return fd;
  moved = fcntl(fd, F_DUPFD_CLOEXEC, 0);
  if (moved == -1) return fd;
  close(fd);
  return moved;
}
