/* The portable launcher: posix_spawn. The system reports a failed execve at once, and the caller waits
   for it; everything else is as with the quick one. */

#include <errno.h>
#include <signal.h>
#include <spawn.h>

#include "launch.h"

/* The connection is open for certain: EBADF is the error of some systems for a descriptor that a limit imposed
   later no longer allows. */
static int add_dup2(posix_spawn_file_actions_t *actions, int connection, int to)
{
  int e = posix_spawn_file_actions_adddup2(actions, connection, to);
  return e == EBADF ? EMFILE : e;
}

static int describe(posix_spawn_file_actions_t *actions, posix_spawnattr_t *attributes, int connection, int own_group)
{
  short flags = (short)(POSIX_SPAWN_SETSIGMASK | (own_group ? POSIX_SPAWN_SETPGROUP : 0));
  sigset_t none;
  int e;
  sigemptyset(&none);
  e = add_dup2(actions, connection, 0);
  if (!e) e = add_dup2(actions, connection, 1);
  if (!e) e = posix_spawnattr_setsigmask(attributes, &none);
  if (!e) e = posix_spawnattr_setflags(attributes, flags);
  return e;
}

static int spawn(pid_t *pid, struct launch *s, int connection)
{
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  int e = posix_spawn_file_actions_init(&actions);
  if (e) return e;
  e = posix_spawnattr_init(&attributes);
  if (!e)
  {
    e = describe(&actions, &attributes, connection, s->child.own_group);
    if (!e) e = posix_spawn(pid, s->child.file, &actions, &attributes, (char *const *)s->child.argv, (char *const *)s->child.envp);
    posix_spawnattr_destroy(&attributes);
  }
  posix_spawn_file_actions_destroy(&actions);
  return e;
}

pid_t launch_portably(struct launch *s, int connection)
{
  pid_t pid;
  int e = spawn(&pid, s, connection);
  if (e) return (errno = e, -1);
  return pid;
}
