/* Writing without waiting, without O_NONBLOCK: that flag belongs to the open file, which our children and
   whoever started us share. A pipe takes RWF_NOWAIT on a new kernel; an older one says EOPNOTSUPP and
   gets the portable way. */

#define _GNU_SOURCE
#include <errno.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "platform.h"
#include "log_portable.h"

#ifndef RWF_NOWAIT
#define RWF_NOWAIT 8
#endif

/* By number: the libc of some systems is older than the call. The position has two halves, and -1 is none. */
static ssize_t write_if_room(int fd, struct iovec const *v)
{
  return syscall(SYS_pwritev2, (long)fd, v, 1L, -1L, -1L, (long)RWF_NOWAIT);
}

int platform_log_kind(int fd)
{
  return log_kind_portable(fd);
}

ssize_t platform_log_write(int fd, int kind, char const *s, size_t length)
{
  if (kind == LOG_KIND_PIPE)
  {
    struct iovec v = { (void *)s, length };
    ssize_t r = write_if_room(fd, &v);
    if (r != -1 || (errno != EOPNOTSUPP && errno != ENOSYS && errno != EINVAL)) return r;
  }
  return log_write_portable(fd, kind, s, length);
}
