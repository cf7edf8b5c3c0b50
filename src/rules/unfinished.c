/* What is not complete yet: see unfinished.h. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>  /* rename */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <skalibs/djbunix.h>

#include "die.h"
#include "unfinished.h"

mode_t unfinished_mode(mode_t most)
{
  mode_t mask = umask(022);
  mask |= 022;
  umask(mask);
  return most & ~mask;
}

/* Slashes at the end would put the temporary name into a directory that does not exist yet. */
static void begin(struct unfinished *u, char const *name)
{
  static char const random[] = ":XXXXXX";
  size_t length = strlen(name), program = strlen(PROG);
  while (length > 1 && name[length - 1] == '/') length--;
  u->name = name;
  u->temporary = malloc(length + 1 + program + sizeof random);
  if (!u->temporary) die_system("allocate memory");
  memcpy(u->temporary, name, length);
  u->temporary[length] = ':';
  memcpy(u->temporary + length + 1, PROG, program);
  memcpy(u->temporary + length + 1 + program, random, sizeof random);
  interrupt_hold(&u->interrupt);
}

void unfinished_file(struct unfinished *u, char const *name)
{
  u->is_directory = 0;
  begin(u, name);
  u->fd = mkstemp(u->temporary);
  if (u->fd == -1) die_system("create ", name);
}

void unfinished_directory(struct unfinished *u, char const *name)
{
  struct stat st;
  u->is_directory = 1;
  if (lstat(name, &st) == 0) errno = EEXIST;
  if (errno != ENOENT) die_system("create ", name);
  begin(u, name);
  if (!mkdtemp(u->temporary)) die_system("create ", name);
  u->fd = open(u->temporary, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (u->fd == -1) unfinished_die(u, "create ", name);
}

void unfinished_abandon(struct unfinished *u)
{
  int e = errno;
  if (u->is_directory) rm_rf(u->temporary);
  else unlink(u->temporary);
  errno = e;
}

void unfinished_die(struct unfinished *u, char const *what, char const *which)
{
  unfinished_abandon(u);
  die_system(what, which);
}

void unfinished_obey(struct unfinished *u)
{
  if (!interrupt_came(&u->interrupt)) return;
  unfinished_abandon(u);
  interrupt_release(&u->interrupt);
}

/* Some file systems have no modes, and some cannot be asked to write at once. */
static int is_missing(int e)
{
  return e == EPERM || e == EINVAL || e == ENOSYS || e == EOPNOTSUPP || e == ENOTSUP;
}

void unfinished_finish(struct unfinished *u, mode_t mode)
{
  if (fchmod(u->fd, mode) == -1)
  {
    if (!is_missing(errno)) unfinished_die(u, "change the mode of ", u->name);
    strerr_warnwusys("change the mode of ", u->name);
  }
  if (!u->is_directory && fd_sync(u->fd) == -1 && !is_missing(errno)) unfinished_die(u, "write to ", u->name);
  unfinished_obey(u);
  if (rename(u->temporary, u->name) == -1) unfinished_die(u, "give its name to ", u->name);
  interrupt_release(&u->interrupt);
}
