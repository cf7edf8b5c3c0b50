/* The lock around the binding of a Unix-domain path: see bind_local.h.

   A lock on the directory would need no file, but everyone who may read the directory could hold
   it, and keep the services of /run from starting. Only who may bind in the directory may make a file
   there. */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "bind_internal.h"
#include "file_same.h"

/* Binding takes less than a millisecond: a lock that is held longer belongs to a process that is stopped. */
enum { NAP_MILLISECONDS = 5, NAPS = 1000 };

void bind_name(char *name, char const *path, char const *suffix)
{
  char const *slash = strrchr(path, '/');
  size_t directory = slash ? (size_t)(slash - path) + 1 : 0;
  memcpy(name, path, directory);
  name += directory;
  *name++ = '.';
  strcpy(name, path + directory);
  strcat(name, suffix);
}

/* Another user's lock cannot be opened, but it will go away by itself. */
static int is_there(char const *name)
{
  struct stat st;
  int e = errno;
  int there = lstat(name, &st) == 0;
  errno = e;
  return there;
}

/* The earlier holder has removed the file: a lock on a file without a name keeps no one out. A file with
   something in it is not ours to remove. */
static int is_current(int fd, char const *name)
{
  struct stat mine, now;
  if (fstat(fd, &mine) == -1 || lstat(name, &now) == -1) return 0;
  return file_is_same(&mine, &now) && S_ISREG(now.st_mode) && !now.st_size;
}

/* 1: locked; 0: another process has it, or had it until now. Where there are no locks, as on some file systems, we do
   without: what is replaced is looked at again when it has been moved, so that two servers never share a path; only
   which of them is first is left to chance. */
static int lock_file(int fd, char const *name)
{
  struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
  if (fcntl(fd, F_SETLK, &whole) == -1 && (errno == EAGAIN || errno == EACCES)) return 0;
  return is_current(fd, name);
}

static int try_lock(struct bind_lock *l)
{
  int r;
  l->fd = open(l->name, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
  if (l->fd == -1) return errno == EACCES && is_there(l->name) ? 0 : -1;
  r = lock_file(l->fd, l->name);
  if (!r) close(l->fd);
  return r;
}

int bind_lock(struct bind_lock *l, char const *path)
{
  struct timespec const nap = { .tv_sec = 0, .tv_nsec = NAP_MILLISECONDS * 1000000L };
  int i = 0;
  bind_name(l->name, path, ".binding");
  for (; i < NAPS; i++)
  {
    int r = try_lock(l);
    if (r) return r == 1 ? 0 : -1;
    nanosleep(&nap, 0);
  }
  return (errno = EBUSY, -1);
}

/* The name goes first: while it is there, it is locked. */
void bind_unlock(struct bind_lock *l)
{
  int e = errno;
  unlink(l->name);
  close(l->fd);
  errno = e;
}
