/* Sending stderr to a file or to a logger: see redirection.h. */

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <skalibs/djbunix.h>

#include "clock.h"
#include "die.h"
#include "log_file.h"
#include "redirection.h"
#include "wait_status.h"

enum { LOGGER_PAUSE = 1000 };  /* milliseconds from one start of the logger to the next */

static int require_file(char const *file)
{
  char const *why;
  int fd = log_file_open(file, &why);
  if (fd == -1) strerr_dief(EXIT_SYSTEM, "unable to open the log file ", file, ": ", why);
  return fd;
}

static void start_logger(struct redirection *r, struct identity const *identity, int kept)
{
  logger_prepare(&r->logger, r->spec.tag, r->spec.priority);
  if ((kept ? logger_start_kept(&r->logger, identity) : logger_start(&r->logger, identity)) == -1)
    die_system("start the logger");
  r->started = clock_millis();
  r->fd = r->logger.out;
}

void redirection_open(struct redirection *r, char const *spec, struct identity const *identity, int kept)
{
  memset(r, 0, sizeof *r);
  if (!spec) return;
  if (log_spec_parse(&r->spec, spec) == -1) die_bug("unchecked log");
  r->wanted = 1;
  if (!r->spec.file) start_logger(r, identity, kept);
  else r->fd = require_file(r->spec.file);
}

/* Not emptied before: a start that fails, because the daemon runs already, must not cost its log. */
static void empty(int fd)
{
  struct stat st;
  if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && ftruncate(fd, 0) == -1) die_system("empty the log file");
}

void redirection_begin(struct redirection *r)
{
  if (!r->wanted) return;
  if (r->spec.truncate) empty(r->fd);
  if (fd_move(2, r->fd) == -1) die_system("redirect stderr");
}

static void report_kept(struct log *log, char const *file, char const *why)
{
  struct text *t = log_begin(log, "warning");
  text_string(t, "unable to open the log file ");
  text_string(t, file);
  text_string(t, ": ");
  text_string(t, why);
  log_end(log);
}

void redirection_renew(struct redirection *r, struct log *log)
{
  char const *why;
  int fd;
  if (!r->wanted || !r->spec.file) return;
  log_flush(log);
  fd = log_file_open(r->spec.file, &why);
  if (fd == -1)
  {
    report_kept(log, r->spec.file, why);
    return;
  }
  if (fd_move(2, fd) == 0) log_follow(log);
  else fd_close(fd);  /* dup2 has no reason to fail; then the log is where it was */
}

void redirection_ended(struct redirection *r, struct log *log, int status)
{
  struct text *t = log_begin(log, "warning");
  text_string(t, "the logger ended with ");
  status_put(t, status);
  text_string(t, ": starting it again");
  log_end(log);
  r->logger.pid = 0;
  r->start_at = r->started + LOGGER_PAUSE;
}

void redirection_tick(struct redirection *r, struct log *log, uint64_t now)
{
  if (!r->start_at || now < r->start_at) return;
  r->started = now;
  r->start_at = 0;
  if (logger_start(&r->logger, 0) == 0) return;
  log_unable(log, "start the logger", 0, errno);
  r->start_at = now + LOGGER_PAUSE;
}
