/* Sending stderr to a file or to a logger: see redirection.h. */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <skalibs/djbunix.h>

#include "clock.h"
#include "die.h"
#include "redirection.h"
#include "status.h"

enum { LOGGER_PAUSE = 1000 };  /* milliseconds from one start of the logger to the next */

/* Appending also where the file was emptied first: what several children write must not overlap. */
static int open_file(char const *file)
{
  return open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0666);
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
  else if ((r->fd = open_file(r->spec.file)) == -1) die_system("open the log file ", r->spec.file);
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

void redirection_renew(struct redirection *r, struct log *log)
{
  int fd;
  if (!r->wanted || !r->spec.file) return;
  log_flush(log);
  fd = open_file(r->spec.file);
  if (fd == -1 || fd_move(2, fd) == -1)
  {
    log_unable(log, "open the log file", r->spec.file, errno);
    return;
  }
  log_follow(log);
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
