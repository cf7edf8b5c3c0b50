/* Standard descriptors: see fds.h. */

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <skalibs/djbunix.h>

#include "fds.h"

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
