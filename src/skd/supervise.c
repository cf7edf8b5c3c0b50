/* Keeping one program running: see supervise.h. */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/posixplz.h>

#include "clock.h"
#include "die.h"
#include "program.h"
#include "supervise.h"
#include "wait_status.h"

/* Milliseconds: from one start to the next, and between two complaints about a program that ends at once. */
enum { PAUSE = 1000, COMPLAINT = 60000 };

void supervised_prepare(struct supervised *p, struct server *s, char const *file, char const *const *argv)
{
  memset(p, 0, sizeof *p);
  p->wanted = 1;
  p->server = s;
  p->file = file;
  p->argv = argv;
  p->out = fcntl(1, F_DUPFD_CLOEXEC, 3);
  if (p->out == -1) die_system("keep stdout");
  p->start_at = 1;
}

static void become(struct supervised const *p)
{
  sigset_t none;
  sigemptyset(&none);
  if (fd_copy(1, p->out) == -1) die_system("restore stdout");
  sigprocmask(SIG_SETMASK, &none, 0);
  execve(p->file, (char *const *)p->argv, environ);
  program_die(p->file, errno);
}

static void report(struct supervised const *p, char const *event, int status)
{
  struct log *log = server_log(p->server);
  struct text *t;
  if (!log_wants(log, LOG_EVENT)) return;
  t = log_begin(log, "info");
  text_string(t, event);
  text_string(t, " pid ");
  text_number(t, (uint64_t)p->pid);
  if (status != -1)
  {
    text_string(t, " ");
    status_put(t, status);
  }
  log_end(log);
}

static void start(struct supervised *p, uint64_t now)
{
  pid_t pid;
  log_flush(server_log(p->server));  /* our last line, and then its first one */
  pid = fork();
  if (!pid) become(p);
  p->started = now;
  p->start_at = 0;
  if (pid == -1)
  {
    log_unable(server_log(p->server), "start", p->argv[0], errno);
    p->start_at = now + PAUSE;
    return;
  }
  p->pid = pid;
  report(p, "start", -1);
}

void supervised_due(struct supervised const *p, uint64_t *when)
{
  clock_sooner(when, p->start_at);
}

void supervised_tick(struct supervised *p, uint64_t now)
{
  if (p->start_at && now >= p->start_at && !p->leaving) start(p, now);
}

static void complain(struct supervised *p, uint64_t now)
{
  struct log *log = server_log(p->server);
  struct text *t;
  if (!log_wants(log, LOG_WARNING) || (p->complained && now < p->complained + COMPLAINT)) return;
  p->complained = now;
  t = log_begin(log, "warning");
  text_string(t, p->argv[0]);
  text_string(t, " ended at once: starting it at most once a second");
  log_end(log);
}

int supervised_ended(struct supervised *p, pid_t pid, int status)
{
  uint64_t now = clock_millis();
  if (!p->wanted || pid != p->pid) return 0;
  report(p, "end", status);
  p->pid = 0;
  p->start_at = p->started + PAUSE;
  if (p->leaving) server_leave(p->server);
  else if (now < p->start_at) complain(p, now);
  return 1;
}

void supervised_signal(struct supervised *p, int number, int last)
{
  if (last) p->leaving = 1;
  if (!p->pid)
  {
    if (p->leaving) server_leave(p->server);
    return;
  }
  kill(p->pid, number);
  if (last) kill(p->pid, SIGCONT);
}
