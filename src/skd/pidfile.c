/* Pid files that can be trusted: see pidfile.h.

   A new file is written under a name of its own, locked, and then put in place: at no time can it be read by
   halves, or found unlocked. A file that is there already is locked for writing first, which fails while
   its owner lives, and while another process that wants to be the owner does the same. Where no other name can be
   made or put there, that file is written in place. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>  /* rename */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <skalibs/allreadwrite.h>
#include <skalibs/djbunix.h>
#include <skalibs/types.h>

#include "die.h"
#include "file_same.h"
#include "pidfile.h"
#include "text.h"

enum { PID_TEXT_MAX = 32, TRIES = 100 };

static int lock(int fd, short type)
{
  struct flock l = { .l_type = type, .l_whence = SEEK_SET };
  return fcntl(fd, F_SETLK, &l);
}

/* The number in the file. */
static size_t read_pid(int fd, char *digits)
{
  ssize_t n = pread(fd, digits, PID_TEXT_MAX - 1, 0);
  digits[n > 0 ? n : 0] = 0;
  return strspn(digits, "0123456789");
}

/* Names the holder of the lock; if the system does not know it (another pid namespace), the number in the file. */
static void die_owned(int fd, char const *path, char const *unfinished)
{
  struct flock l = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
  char owner[PID_TEXT_MAX];
  int known = fcntl(fd, F_GETLK, &l) == 0 && l.l_type != F_UNLCK && l.l_pid > 0;
  owner[known ? pid_fmt(owner, l.l_pid) : read_pid(fd, owner)] = 0;
  if (unfinished) unlink(unfinished);
  strerr_dief(EXIT_SYSTEM, "the pid file ", path, " belongs to the living process ", owner);
}

static int is_at(char const *path, int fd)
{
  struct stat here, there;
  return fstat(fd, &here) == 0 && lstat(path, &there) == 0 && file_is_same(&here, &there);
}

/* Returns the file that is there, locked against others who want to replace it; -1 with ENOENT. A living owner
   is the end: `unfinished`, if not 0, is removed then. */
static int seize(char const *path, char const *unfinished)
{
  int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);
  struct stat st;
  if (fd == -1) return -1;
  if (fstat(fd, &st) == -1) die_system("look at the pid file ", path);
  if (!S_ISREG(st.st_mode)) strerr_dief(EXIT_SYSTEM, "the pid file ", path, " is not a regular file");
  if (lock(fd, F_WRLCK) == -1)
  {
    if (errno == EACCES || errno == EAGAIN) die_owned(fd, path, unfinished);
    die_system("lock the pid file ", path);
  }
  return fd;
}

/* NAME.PID is ours: an earlier process of that name had our pid, and is dead. */
static char *temporary_name(char const *path)
{
  size_t room = strlen(path) + PID_TEXT_MAX;
  struct text t = { .s = malloc(room), .max = room };
  if (!t.s) die_system("allocate memory");
  text_string(&t, path);
  text_string(&t, ".");
  text_number(&t, (uint64_t)getpid());
  return text_end(&t);
}

/* errno is the reason. */
static void die_without(char const *unfinished, char const *what, char const *name)
{
  int e = errno;
  unlink(unfinished);
  errno = e;
  die_system(what, name);
}

static size_t put_pid(char *line)
{
  size_t n = pid_fmt(line, getpid());
  line[n++] = '\n';
  return n;
}

/* -1 with errno if no file can be made there. */
static int write_pid(char const *file)
{
  char line[PID_TEXT_MAX];
  size_t n = put_pid(line);
  int fd;
  if (unlink(file) == -1 && errno != ENOENT) return -1;
  fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (fd == -1) return -1;
  if (allwrite(fd, line, n) < n || close(fd) == -1) die_without(file, "write to ", file);
  return 0;
}

/* Opened for nothing but the lock where a program gets it: the program cannot change its contents. */
static int open_for(char const *file, int kept)
{
  return open(file, (kept ? O_RDONLY : O_RDWR | O_CLOEXEC) | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);
}

static int make(char const *file, int kept)
{
  int fd;
  if (write_pid(file) == -1) return -1;
  fd = open_for(file, kept);
  if (fd == -1 || lock(fd, F_RDLCK) == -1) die_without(file, "lock ", file);
  return fd;
}

/* Where a file system gives a file one name only: there is something to lock and replace then. */
static int make_placeholder(char const *path)
{
  int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (fd == -1) return errno == EEXIST ? 0 : -1;
  fd_close(fd);
  return 0;
}

static int put_new(char const *file, char const *path)
{
  if (link(file, path) == -1) return errno == EEXIST ? 0 : make_placeholder(path);
  unlink(file);
  return 1;
}

/* Returns 1, or 0 if another process was quicker, and what is at the path is to be looked at again, or -1. */
static int put_in_place(char const *file, char const *path)
{
  int there = seize(path, file), done;
  if (there == -1) return errno == ENOENT ? put_new(file, path) : -1;
  done = is_at(path, there);
  if (done && rename(file, path) == -1) done = -1;
  fd_close(there);
  return done;
}

/* The directory is not ours to write, or the file is a mount point. */
static int must_stay(int e)
{
  return e == EACCES || e == EPERM || e == EROFS || e == EBUSY;
}

static void require_own(int fd, char const *path, int e)
{
  struct stat st;
  if (fstat(fd, &st) == -1) die_system("look at the pid file ", path);
  if (st.st_uid == geteuid() && st.st_nlink == 1 && is_at(path, fd)) return;
  errno = e;
  die_system("replace the pid file ", path);
}

/* The new line covers the old one before anything is cut off: the first line is whole at any time. Closing the
   descriptor that a program is not to have drops the lock, so for a moment another process can be quicker here. */
static int write_in_place(char const *path, int kept)
{
  char line[PID_TEXT_MAX];
  size_t n = put_pid(line);
  int e = errno, fd = seize(path, 0);
  if (fd == -1) return (errno = e, -1);
  require_own(fd, path, e);
  if (pwrite(fd, line, n, 0) != (ssize_t)n || ftruncate(fd, (off_t)n) == -1) die_system("write to the pid file ", path);
  if (kept) fd_close(fd);
  if (kept && (fd = open_for(path, kept)) == -1) die_system("open the pid file ", path);
  if (lock(fd, F_RDLCK) == 0) return fd;
  if (errno == EACCES || errno == EAGAIN) die_owned(fd, path, 0);
  die_system("lock the pid file ", path);
}

/* -1 with errno, and nothing is left of it. */
static int replace(char const *path, int kept)
{
  char *file = temporary_name(path);
  int tries = TRIES, placed = 0;
  int fd = make(file, kept);
  while (fd != -1 && !placed && tries--) placed = put_in_place(file, path);
  if (fd != -1 && placed != 1)
  {
    int e = errno;
    unlink(file);
    if (!placed) strerr_dief(EXIT_SYSTEM, "unable to put in place the pid file ", path, ": other processes keep replacing it");
    fd_close(fd);
    errno = e;
    fd = -1;
  }
  free(file);
  return fd;
}

void pidfile_claim(struct pidfile *p, char const *path, int kept)
{
  p->path = path;
  p->fd = -1;
  if (!path) return;
  /* Before anything is made: a living owner is the usual reason to end here. */
  fd_close(seize(path, 0));
  p->fd = replace(path, kept);
  if (p->fd == -1 && must_stay(errno)) p->fd = write_in_place(path, kept);
  if (p->fd == -1) die_system("put in place the pid file ", path);
}

void pidfile_release(struct pidfile *p)
{
  int e = errno;
  if (!p->path || p->fd == -1) return;
  /* Still locked: another skd cannot have put its file there since we looked. */
  if (!is_at(p->path, p->fd) || unlink(p->path) == -1)
    if (ftruncate(p->fd, 0) == -1) errno = e;  /* read-only, or a full disk: then our number stays in it */
  fd_close(p->fd);
  p->fd = -1;
  errno = e;
}
