/* Unix-domain sockets, bound and listening: see bind_local.h.

   The socket is bound in its final place, not under another name and renamed, because the name given to
   bind is the one that getsockname, getpeername and the system's tables show for ever. */

#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>  /* rename */
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <skalibs/djbunix.h>

#include "bind_internal.h"
#include "bind_local.h"
#include "die.h"
#include "file_same.h"
#include "local_address.h"

/* Asked of a system that has no such thing, an option fails like one that the system refuses. */
enum
{
  MISSING = -1,
#ifdef SO_PASSCRED
  PASS_CREDENTIALS = SO_PASSCRED,
#else
  PASS_CREDENTIALS = MISSING,
#endif
#ifdef SO_PASSSEC
  PASS_SECURITY = SO_PASSSEC
#else
  PASS_SECURITY = MISSING
#endif
};

static int switch_on(int fd, int name)
{
  int on = 1;
  if (name == MISSING) return (errno = ENOPROTOOPT, -1);
  return setsockopt(fd, SOL_SOCKET, name, &on, sizeof on);
}

static int set_options(int fd, struct local_settings const *s, char const **what)
{
  *what = "receive credentials on ";
  if (s->pass_credentials && switch_on(fd, PASS_CREDENTIALS) == -1) return -1;
  *what = "receive security contexts on ";
  if (s->pass_security && switch_on(fd, PASS_SECURITY) == -1) return -1;
  *what = "make non-blocking the socket for ";
  return s->nonblocking ? ndelay_on(fd) : 0;
}

static int start_listening(int fd, struct local_settings const *s, char const **what)
{
  *what = "listen to ";
  return s->backlog ? listen(fd, s->backlog) : 0;
}

/* No client can connect to a socket that does not listen yet, so its file may have its mode from the start.
   One that never listens is open for messages at once: its file is made without permissions, and opened last. */
static int bind_file(int fd, struct local_settings const *s, struct address const *a, char const **what)
{
  char const *path = a->sa.un.sun_path;
  int has_owner = s->uid != (uid_t)-1 || s->gid != (gid_t)-1;
  mode_t usual = umask(0777);
  mode_t mode = s->has_mode ? s->mode & 0777 : 0777 & ~usual;
  int r;
  if (s->backlog || !has_owner) umask(~mode & 0777);
  *what = "bind to ";
  r = bind(fd, &a->sa.any, a->length);
  umask(usual);
  if (r == -1) return -1;
  if ((s->has_mode || has_owner) && bind_settle(s, path, mode, what) == -1) r = -1;
  if (r == 0) r = start_listening(fd, s, what);
  if (r == -1)
  {
    int e = errno;
    unlink(path);
    errno = e;
  }
  return r;
}

static void put_back(char const *aside, char const *path)
{
  struct stat st;
  int e = errno;
  if (lstat(path, &st) == -1 && errno == ENOENT) rename(aside, path);
  else unlink(aside);
  errno = e;
}

/* Also what a process that was killed here has left. */
static int discard(char const *aside)
{
  struct stat st;
  if (lstat(aside, &st) == -1) return errno == ENOENT ? 0 : -1;
  return S_ISSOCK(st.st_mode) ? unlink(aside) : (errno = EEXIST, -1);
}

/* Where files cannot get other names, what no process serves goes at once, and cannot come back. */
static int cannot_rename(int e)
{
  return e == EPERM || e == ENOSYS || e == EOPNOTSUPP || e == ENOTSUP || e == EINVAL || e == EXDEV;
}

/* What is moved must be what was looked at: not everyone who binds sockets knows our lock. */
static int set_aside(char const *aside, char const *path, struct stat const *stale)
{
  struct stat moved;
  if (discard(aside) == -1) return -1;
  if (rename(path, aside) == -1) return cannot_rename(errno) ? unlink(path) : -1;
  if (lstat(aside, &moved) == -1) return -1;
  if (file_is_same(&moved, stale)) return 0;
  put_back(aside, path);
  return (errno = EADDRINUSE, -1);
}

static int bind_replacing(int fd, struct local_settings const *s, struct address const *a, char const **what)
{
  char const *path = a->sa.un.sun_path;
  char aside[BIND_NAME_MAX];
  struct stat stale;
  int found = bind_examine(&stale, a);
  if (found == -1) return -1;
  bind_name(aside, path, ".replaced");
  if (found && set_aside(aside, path, &stale) == -1) return -1;
  if (bind_file(fd, s, a, what) == -1)
  {
    if (found) put_back(aside, path);
    return -1;
  }
  discard(aside);
  return 0;
}

/* Look before locking, so that a caller who may not create the lock still gets the real error. */
static int examine_first(struct local_settings const *s, struct address const *a)
{
  struct stat st;
  if (s->replace) return bind_examine(&st, a);
  return lstat(a->sa.un.sun_path, &st) == 0 ? (errno = EADDRINUSE, -1) : 0;
}

static int bind_locked(int fd, struct local_settings const *s, struct address const *a, char const **what)
{
  struct bind_lock lock;
  int r;
  *what = "bind to ";
  if (examine_first(s, a) == -1 || bind_lock(&lock, a->sa.un.sun_path) == -1) return -1;
  r = s->replace ? bind_replacing(fd, s, a, what) : bind_file(fd, s, a, what);
  bind_unlock(&lock);
  return r;
}

static int bind_abstract(int fd, struct local_settings const *s, struct address const *a, char const **what)
{
  *what = "bind to ";
  if (bind(fd, &a->sa.any, a->length) == -1) return -1;
  return start_listening(fd, s, what);
}

static int prepare(int fd, struct local_settings const *s, struct address const *a, char const **what)
{
  if (set_options(fd, s, what) == -1) return -1;
  return local_is_abstract(a) ? bind_abstract(fd, s, a, what) : bind_locked(fd, s, a, what);
}

int bind_local(struct local_settings const *s, char const *path, char const **what)
{
  struct address a;
  int fd;
  *what = "bind to ";
  if (local_parse(&a, path) == -1) return -1;
  *what = "create a socket for ";
  fd = socket(AF_UNIX, s->type, 0);
  if (fd != -1 && prepare(fd, s, &a, what) == -1)
  {
    int e = errno;
    close(fd);
    errno = e;
    return -1;
  }
  return fd;
}

static void die_busy(char const *path)
{
  struct stat st;
  char lock[BIND_NAME_MAX];
  bind_name(lock, path, ".binding");
  if (lstat(lock, &st) == 0) strerr_dief(EXIT_SYSTEM, "unable to bind to ", path, ": another process is binding it, and has held ", lock, " for some seconds");
  strerr_dief(EXIT_SYSTEM, "unable to bind to ", path, ": something is mounted there");
}

static void die_of_path(char const *what, char const *path)
{
  char space[LOCAL_DIGITS_MAX];
  if (errno == EBUSY) die_busy(path);
  if (errno == ENAMETOOLONG && strlen(path) > LOCAL_PATH_MAX) strerr_dief(EXIT_SYSTEM, "unable to bind to ", path, ": a path has at most ",
      local_most(space), " bytes");
  if (errno == EEXIST) strerr_dief(EXIT_SYSTEM, "unable to bind to ", path, ": what is there is not a socket");
  die_system(what, path);
}

void bind_local_or_die(int fd, struct local_settings const *s, char const *path)
{
  char const *what;
  int made = bind_local(s, path, &what);
  if (made != -1 && made != fd && fd_move(fd, made) == -1)
  {
    made = -1;
    what = "move to its descriptor the socket for ";
  }
  if (made == -1) die_of_path(what, path);
}
