/* The process between our stderr and the system log: see logger.h. */

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/gccattributes.h>

#include "die.h"
#include "fds.h"
#include "logger.h"

enum { LINE_MAX_BYTES = 1023, RESTART_PAUSE = 1 };  /* bytes of one line; seconds */

/* What was read and has not been sent; the next read appends to it. */
struct lines
{
  char bytes[LINE_MAX_BYTES];
  size_t used;
};

static void send_line(struct system_log *to, char const *line, size_t length)
{
  if (length) system_log_send(to, line, length);
}

/* Sends what is complete: up to a newline, or as much as a line may hold. */
static void send_lines(struct system_log *to, struct lines *l)
{
  size_t from = 0;
  for (;;)
  {
    char *end = memchr(l->bytes + from, '\n', l->used - from);
    if (!end) break;
    send_line(to, l->bytes + from, (size_t)(end - l->bytes) - from);
    from = (size_t)(end - l->bytes) + 1;
  }
  if (!from && l->used == sizeof l->bytes)
  {
    send_line(to, l->bytes, l->used);
    from = l->used;
  }
  l->used -= from;
  memmove(l->bytes, l->bytes + from, l->used);
}

static void log_until_closed(int in, struct system_log *to)
{
  struct lines l = { .used = 0 };
  for (;;)
  {
    ssize_t n = read(in, l.bytes + l.used, sizeof l.bytes - l.used);
    if (n == -1 && errno == EINTR) continue;
    if (n <= 0) break;
    l.used += (size_t)n;
    send_lines(to, &l);
  }
  send_line(to, l.bytes, l.used);
}

static void keep_connection(struct system_log *to)
{
  int connected = to->fd != -1;
  if (connected && fd_move(3, to->fd) == -1) _exit(EXIT_SYSTEM);
  if (connected) to->fd = 3;
  fds_close_from(3 + connected);
}

/* What the logger holds of ours would outlive us: listeners, the pid file, the pipe that reports that we are
   ready. stderr goes first: what fails from here on fails in the daemon too, which reports it. Signals to the
   whole group are for the programs: the logger stays for their last words. */
static void let_go(struct logger *l)
{
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, 0);
  if (fd_nullify(1) == -1 || fd_nullify(2) == -1) _exit(EXIT_SYSTEM);
  if (fd_move(0, l->in) == -1) _exit(EXIT_SYSTEM);
  l->in = 0;
  keep_connection(&l->to);
  if (chdir("/") == -1) _exit(EXIT_SYSTEM);
}

static gccattr_noreturn void run(struct logger *l)
{
  log_until_closed(l->in, &l->to);
  _exit(0);
}

static gccattr_noreturn void keep(struct logger *l)
{
  struct sigaction usual = { .sa_handler = SIG_DFL };
  int status;
  sigemptyset(&usual.sa_mask);
  sigaction(SIGCHLD, &usual, 0);  /* ignored, our child would leave no status */
  for (;;)
  {
    pid_t pid = fork();
    if (!pid) run(l);
    if (pid != -1 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && !WEXITSTATUS(status)) _exit(0);
    sleep(RESTART_PAUSE);
  }
}

void logger_prepare(struct logger *l, char const *tag, int priority)
{
  int fd[2];
  memset(l, 0, sizeof *l);
  l->to.tag = tag;
  l->to.priority = priority;
  tzset();  /* now, while the files of the time zone can be read */
  if (system_log_connect(&l->to) == -1) strerr_warnwusys("connect to the system log at " SYSTEM_LOG_SOCKET);
  if (pipecoe(fd) == -1) die_system("create a pipe for the log");
  l->in = fd[0];
  l->out = fd[1];
}

int logger_start(struct logger *l, struct identity const *identity)
{
  pid_t pid = fork();
  if (pid == -1) return -1;
  if (!pid)
  {
    let_go(l);
    if (identity) identity_apply(identity);
    run(l);
  }
  l->pid = pid;
  return 0;
}

int logger_start_kept(struct logger *l, struct identity const *identity)
{
  pid_t pid = fork(), keeper;
  int status;
  if (pid == -1) return -1;
  if (pid) return waitpid(pid, &status, 0) == pid && status ? (errno = EAGAIN, -1) : 0;
  keeper = fork();
  if (keeper) _exit(keeper == -1);
  let_go(l);
  if (identity) identity_apply(identity);
  keep(l);
}
