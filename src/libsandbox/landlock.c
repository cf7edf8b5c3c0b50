/* Landlock, landlock(7): system calls without a name in libc. */

#define _GNU_SOURCE
#include <errno.h>

#include "config.h"
#include "sandbox_parts.h"

#if SALLYPORT_WITH_LANDLOCK

#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>

/* What the first version of Landlock knows: everything that opens or makes something. */
enum { HANDLED = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1, READING = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR };

/* A path that is not there gives no right, and costs none. */
static int allow(int rules, char const *path)
{
  struct landlock_path_beneath_attr beneath;
  struct stat st;
  int r, e;
  int fd = open(path, O_PATH | O_CLOEXEC);
  if (fd == -1) return errno == ENOENT || errno == ENOTDIR || errno == EACCES ? 0 : -1;
  beneath.parent_fd = fd;
  beneath.allowed_access = fstat(fd, &st) == 0 && S_ISDIR(st.st_mode) ? READING : LANDLOCK_ACCESS_FS_READ_FILE;
  r = (int)syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0);
  e = errno;
  close(fd);
  errno = e;
  return r;
}

int landlock_files(char const *const *readable)
{
  struct landlock_ruleset_attr ruleset = { .handled_access_fs = HANDLED };
  int r = 0, e;
  int rules = (int)syscall(SYS_landlock_create_ruleset, &ruleset, sizeof ruleset, 0);
  if (rules == -1) return errno == ENOSYS || errno == EOPNOTSUPP ? 0 : -1;
  for (; readable && *readable && r == 0; readable++) r = allow(rules, *readable);
  if (r == 0) r = (int)syscall(SYS_landlock_restrict_self, rules, 0);
  e = errno;
  close(rules);
  errno = e;
  return r;
}

#else

int landlock_files(char const *const *readable)
{
  (void)readable;
  return 0;
}

#endif
