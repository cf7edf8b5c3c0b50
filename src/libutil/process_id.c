/* The inode of our pidfd: see process_id.h. */

#define _GNU_SOURCE  /* syscall */

#include <errno.h>

#include "config.h"
#include "process_id.h"

#if SALLYPORT_WITH_PIDFD

#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <skalibs/djbunix.h>

/* Before there was a file system of pidfds all of them had one inode (PID_FS_MAGIC in linux/magic.h). */
enum { PIDFS = 0x50494446 };

static int read_inode(int fd, uint64_t *id)
{
  struct statfs fs;
  struct stat st;
  if (fstatfs(fd, &fs) == -1 || fstat(fd, &st) == -1) return -1;
  if (fs.f_type != PIDFS || sizeof st.st_ino < sizeof *id) return (errno = EOPNOTSUPP, -1);
  *id = st.st_ino;
  return 0;
}

int process_id_read(uint64_t *id)
{
  int fd = (int)syscall(SYS_pidfd_open, getpid(), 0);
  int result;
  if (fd == -1) return -1;
  result = read_inode(fd, id);
  fd_close(fd);
  return result;
}

#else

int process_id_read(uint64_t *id)
{
  (void)id;
  return (errno = ENOSYS, -1);
}

#endif
