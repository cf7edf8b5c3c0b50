/* Writing without waiting, without O_NONBLOCK: that flag belongs to the open file, which our children and
   whoever started us share. A pipe takes RWF_NOWAIT on a new kernel; an older one says EOPNOTSUPP and
   gets the portable way. */

#define _GNU_SOURCE
#include <errno.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include "fast.h"
#include "log_portable.h"

int fast_log_kind(int fd)
{
  return log_kind_portable(fd);
}

ssize_t fast_log_write(int fd, int kind, char const *s, size_t length)
{
  if (kind == LOG_KIND_PIPE)
  {
    struct iovec v = { (void *)s, length };
    ssize_t r = pwritev2(fd, &v, 1, -1, RWF_NOWAIT);
    if (r != -1 || (errno != EOPNOTSUPP && errno != ENOSYS && errno != EINVAL)) return r;
  }
  return log_write_portable(fd, kind, s, length);
}
