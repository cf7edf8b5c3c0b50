/* Standard descriptors: see fds.h. */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <sys/resource.h>
#include <unistd.h>

#include <skalibs/djbunix.h>

#include "fds.h"
#include "number.h"

int fd_is_open(int fd)
{
  int e = errno;
  int open = fcntl(fd, F_GETFD) != -1;
  errno = e;
  return open;
}

static int open_null(void)
{
  int fd = open("/dev/null", O_RDWR);
  if (fd == -1) fd = open("/", O_RDONLY | O_DIRECTORY);
  return fd;
}

int fd_nullify(int fd)
{
  int null = open_null();
  if (null == -1) return -1;
  return null == fd ? 0 : fd_move(fd, null);
}

int fds_ensure_standard(void)
{
  int fd = 0;
  for (; fd < 3; fd++)
    if (!fd_is_open(fd) && fd_nullify(fd) == -1) return -1;
  return 0;
}

/* Without a list of what is open, every number is tried up to the limit, or as far as is reasonable. */
static void close_blindly(int lowest)
{
  struct rlimit limit;
  int end = 65536;
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < (rlim_t)end) end = (int)limit.rlim_cur;
  for (; lowest < end; lowest++) close(lowest);
}

/* Closing what the directory shows changes the directory: read it again until nothing is left. */
void fds_close_from(int lowest)
{
  int closed = 1;
  while (closed)
  {
    DIR *open = opendir("/dev/fd");
    struct dirent *entry;
    if (!open)
    {
      close_blindly(lowest);
      return;
    }
    closed = 0;
    while ((entry = readdir(open)))
    {
      uint64_t fd;
      if (number_parse(entry->d_name, 10, INT_MAX, &fd) == -1) continue;  /* . and .. */
      if ((int)fd >= lowest && (int)fd != dirfd(open) && close((int)fd) == 0) closed = 1;
    }
    closedir(open);
  }
}
