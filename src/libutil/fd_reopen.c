/* A second open file for a descriptor: see fds.h. */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <skalibs/djbunix.h>

#include "fds.h"
#include "file_same.h"
#include "text.h"

/* Where Linux has it, and where others do, and Linux too by a link. */
static char const *const directories[] = { "/proc/self/fd/", "/dev/fd/" };

static int open_in(char const *directory, int fd, int mode)
{
  char space[32];
  struct text path = TEXT_IN(space);
  text_string(&path, directory);
  text_number(&path, (uint64_t)fd);
  return open(text_end(&path), mode | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

/* Some systems give a copy of the descriptor, and no flag that we asked for. */
static int is_another(int fd, int again)
{
  struct stat a, b;
  int flags = fcntl(again, F_GETFL);
  if (flags == -1 || !(flags & O_NONBLOCK)) return 0;
  return fstat(fd, &a) == 0 && fstat(again, &b) == 0 && file_is_same(&a, &b);
}

/* Never one of the standard descriptors, which may be closed now and are opened later. */
static int above_standard(int fd)
{
  int higher;
  if (fd > 2) return fd;
  higher = fcntl(fd, F_DUPFD_CLOEXEC, 3);
  fd_close(fd);
  return higher;
}

/* Opening the master of a pseudo-terminal makes a new one. */
int fd_reopen(int fd, int mode)
{
  size_t i = 0;
  int again = -1;
  if (ptsname(fd)) return (errno = ENOTSUP, -1);
  for (; i < sizeof directories / sizeof directories[0] && again == -1; i++)
  {
    again = open_in(directories[i], fd, mode);
    if (again == -1 && errno != ENOENT) return -1;
  }
  if (again == -1) return -1;
  if (is_another(fd, again)) return above_standard(again);
  fd_close(again);
  return (errno = ENOTSUP, -1);
}
