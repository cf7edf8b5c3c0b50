/* Opening a directory to look things up in it, which needs no permission to list it. */

#define _GNU_SOURCE  /* O_PATH */

#include <errno.h>
#include <fcntl.h>

#include "rules_internal.h"

#if defined(O_SEARCH)
#define SEARCH O_SEARCH
#elif defined(O_PATH)
#define SEARCH O_PATH
#else
#define SEARCH O_RDONLY
#endif

int search_open(int at, char const *path)
{
  return openat(at, path, SEARCH | O_DIRECTORY | O_CLOEXEC);
}

int search_open_or_missing(int at, char const *path)
{
  int fd = openat(at, path, SEARCH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
  if (fd >= 0) return fd;
  if (errno == ENOENT) return -2;
  return errno == ENOTDIR || errno == ELOOP || errno == EMLINK ? search_open(at, path) : -1;
}
