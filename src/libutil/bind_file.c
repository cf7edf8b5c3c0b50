/* The file of a Unix-domain socket: which server has it, its owner, and who may connect. */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <skalibs/types.h>

#include "bind_internal.h"
#include "config.h"

/* connect looks for the socket bound to the file before it compares the types, and a datagram socket
   connects without telling the other side: so any living socket, listening or not, answers with success
   or with "wrong type", no server gets a client that is none, and ECONNREFUSED means that no process has
   the socket any more. */
static int is_bound(struct address const *a)
{
  int r, e;
  int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
  if (fd == -1) return -1;
  r = connect(fd, &a->sa.any, a->length);
  e = errno;
  close(fd);
  if (r == 0 || e == EPROTOTYPE || e == EPERM) return 1;
  return e == ECONNREFUSED ? 0 : (errno = e, -1);
}

/* The owner of the directory can put another file in the place of ours at any moment: what is changed must
   be what was looked at, so both go through a descriptor where there is such a thing. */
#ifdef O_PATH

static int file_open(char const *path)
{
  return open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
}

static int file_stat(int file, char const *path, struct stat *st)
{
  (void)path;
  return fstat(file, st);
}

static int file_own(int file, char const *path, uid_t uid, gid_t gid)
{
  (void)path;
  return fchownat(file, "", uid, gid, AT_EMPTY_PATH);
}

/* By number: few systems have a name for it yet. */
static int mode_by_descriptor(int file, mode_t mode)
{
#if SALLYPORT_WITH_FCHMODAT2
  return (int)syscall(452L, (long)file, "", (long)mode, (long)AT_EMPTY_PATH);
#else
  (void)file;
  (void)mode;
  return (errno = ENOENT, -1);
#endif
}

static int file_mode(int file, char const *path, mode_t mode)
{
  char name[sizeof "/proc/self/fd/" + INT_FMT] = "/proc/self/fd/";
  size_t length = strlen(name);
  (void)path;
  name[length + int_fmt(name + length, file)] = 0;
  if (chmod(name, mode) == 0) return 0;
  return errno == ENOENT ? mode_by_descriptor(file, mode) : -1;
}

static void file_close(int file)
{
  int e = errno;
  close(file);
  errno = e;
}

#else

static int file_open(char const *path)
{
  (void)path;
  return 0;
}

static int file_stat(int file, char const *path, struct stat *st)
{
  (void)file;
  return lstat(path, st);
}

static int file_own(int file, char const *path, uid_t uid, gid_t gid)
{
  (void)file;
  return fchownat(AT_FDCWD, path, uid, gid, AT_SYMLINK_NOFOLLOW);
}

static int file_mode(int file, char const *path, mode_t mode)
{
  (void)file;
  return fchmodat(AT_FDCWD, path, mode, AT_SYMLINK_NOFOLLOW);
}

static void file_close(int file)
{
  (void)file;
}

#endif

/* A path of ours that we may not write to, as `-a 0` makes it: for the moment of one connect we may. No one else can
   connect meanwhile. */
static int is_bound_ours(struct stat const *st, struct address const *a)
{
  char const *path = a->sa.un.sun_path;
  struct stat now;
  int bound = -1, e = EACCES;
  int file = file_open(path);
  if (file == -1) return -1;
  if (file_stat(file, path, &now) == 0 && now.st_dev == st->st_dev && now.st_ino == st->st_ino && file_mode(file, path, (st->st_mode & 0777) | S_IWUSR) == 0)
  {
    bound = is_bound(a);
    e = errno;
    file_mode(file, path, st->st_mode & 0777);
  }
  file_close(file);
  return (errno = e, bound);
}

int bind_examine(struct stat *st, struct address const *a)
{
  int bound;
  if (lstat(a->sa.un.sun_path, st) == -1) return errno == ENOENT ? 0 : -1;
  if (!S_ISSOCK(st->st_mode)) return (errno = EEXIST, -1);
  bound = is_bound(a);
  if (bound == -1 && errno == EACCES && st->st_uid == geteuid() && !(st->st_mode & S_IWUSR)) bound = is_bound_ours(st, a);
  if (bound == 1) return (errno = EADDRINUSE, -1);
  if (bound == -1) return errno == ENOENT ? 0 : -1;
  return 1;
}

static int settle(int file, struct local_settings const *s, char const *path, mode_t mode, char const **what)
{
  struct stat st;
  int has_owner = s->uid != (uid_t)-1 || s->gid != (gid_t)-1;
  if (file_stat(file, path, &st) == -1) return -1;
  if (S_ISSOCK(st.st_mode) && (st.st_mode & 0777) == mode && !has_owner) return 0;
  if (!S_ISSOCK(st.st_mode) || st.st_uid != geteuid()) return (errno = EEXIST, -1);
  *what = "change the owner of ";
  if (has_owner && file_own(file, path, s->uid, s->gid) == -1) return -1;
  *what = "change the mode of ";
  return (st.st_mode & 0777) == mode ? 0 : file_mode(file, path, mode);
}

int bind_settle(struct local_settings const *s, char const *path, mode_t mode, char const **what)
{
  int r;
  int file = file_open(path);
  if (file == -1) return -1;
  r = settle(file, s, path, mode, what);
  file_close(file);
  return r;
}
