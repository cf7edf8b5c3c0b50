/* Forking into the background: see background.h. The daemon reports progress to its parent in single bytes.
   End of file means that the daemon has ended, or has become another program. */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/types.h>

#include "background.h"
#include "die.h"
#include "fds.h"
#include "subprocess.h"

enum { IS_READY = 'r', IS_EXECUTING = 'x', HAS_FAILED = 'f' };

static void exit_as(pid_t daemon)
{
  char number[UINT_FMT];
  int status;
  pid_t r;
  do r = waitpid(daemon, &status, 0);
  while (r == -1 && errno == EINTR);
  if (r == -1) die_system("learn how the daemon ended");
  if (WIFEXITED(status) && WEXITSTATUS(status)) _exit(WEXITSTATUS(status));
  if (WIFEXITED(status)) strerr_dief(EXIT_SYSTEM, "the daemon ended before it was ready");
  number[uint_fmt(number, (unsigned int)WTERMSIG(status))] = 0;
  strerr_dief(EXIT_SYSTEM, "the daemon was killed by signal ", number, " before it was ready");
}

static void wait_for(pid_t daemon, int fd)
{
  char last = 0;
  for (;;)
  {
    char c;
    ssize_t r = read(fd, &c, 1);
    if (r == -1 && errno == EINTR) continue;
    if (r <= 0) break;
    last = c;
    if (c == IS_READY) break;
  }
  if (last == IS_READY || last == IS_EXECUTING) _exit(0);
  exit_as(daemon);
}

void background_start(struct background *b, int wanted)
{
  int fd[2];
  pid_t pid;
  memset(b, 0, sizeof *b);
  b->wanted = wanted;
  if (!wanted) return;
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == -1 || coe(fd[0]) == -1 || coe(fd[1]) == -1)
    die_system("create a socket pair");
  pid = fork_waitable();
  if (pid == -1) die_system("fork");
  fd_close(fd[pid ? 1 : 0]);
  if (pid) wait_for(pid, fd[0]);
  b->fd = fd[1];
  b->messages = fcntl(2, F_DUPFD_CLOEXEC, 3);
  if (b->messages == -1) die_system("keep stderr");
}

void background_detach(struct background const *b, int unused)
{
  if (!b->wanted) return;
  if (setsid() == -1) die_system("start a session");
  if ((unused || isatty(0)) && fd_nullify(0) == -1) die_system("redirect stdin");
  if (isatty(1) && !unused && fd_nullify(1) == -1) die_system("redirect stdout");
}

/* If the parent was killed there is no reader: that does not matter, and is no reason for a SIGPIPE. */
static void report(struct background const *b, char c)
{
  if (send(b->fd, &c, 1, MSG_NOSIGNAL) == -1) return;
}

void background_ready(struct background *b)
{
  if (!b->wanted) return;
  report(b, IS_READY);
  fd_close(b->fd);
  fd_close(b->messages);
}

void background_executing(struct background const *b)
{
  if (b->wanted) report(b, IS_EXECUTING);
}

void background_cannot_execute(struct background const *b)
{
  if (!b->wanted) return;
  report(b, HAS_FAILED);
  fd_move(2, b->messages);
}
