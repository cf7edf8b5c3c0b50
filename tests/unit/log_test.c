/* log.h: whole lines, never waiting, losses counted and reported. */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <skalibs/strerr.h>

#include "log.h"
#include "tap.h"

static char got[200000];

/* The log on a pipe as fd 2. Returns the reading end. */
static int log_on_pipe(struct log *l)
{
  int p[2];
  if (pipe(p) == -1 || dup2(p[1], 2) == -1) return -1;
  close(p[1]);
  fcntl(p[0], F_SETFL, O_NONBLOCK);
  log_start(l, 2);
  return p[0];
}

static char const *drain_pipe(int fd)
{
  size_t n = 0;
  ssize_t r;
  while (n < sizeof got - 1 && (r = read(fd, got + n, sizeof got - 1 - n)) > 0) n += (size_t)r;
  got[n] = 0;
  return got;
}

static void test_lines(struct tap *t)
{
  struct log l;
  int fd = log_on_pipe(&l);
  text_number(log_begin(&l, "info"), 42);
  log_end(&l);
  log_words(&l, "warning", "words");
  log_unable(&l, "open", "it", ENOENT);
  ok(t, log_pending(&l));
  log_flush(&l);
  ok(t, !log_pending(&l));
  is_string(t, drain_pipe(fd), "prog: info: 42\nprog: warning: words\nprog: warning: unable to open it: No such file or directory\n", "lines");
  close(fd);
}

static void test_long_line(struct tap *t)
{
  struct log l;
  int fd = log_on_pipe(&l);
  struct text *x = log_begin(&l, "info");
  unsigned int i = 0;
  for (; i < 3000; i++) text_string(x, "x");
  log_end(&l);
  log_flush(&l);
  drain_pipe(fd);
  ok(t, strlen(got) == LOG_LINE_MAX && got[LOG_LINE_MAX - 1] == '\n');
  close(fd);
}

/* More lines than pipe and buffer hold, and a reader who comes back. */
static void test_slow_reader(struct tap *t)
{
  struct log l;
  int fd = log_on_pipe(&l);
  unsigned long lines = 0, wrong = 0, lost = 0;
  unsigned int i = 0;
  char const *p;
  char *report;
  for (; i < 20000; i++)
  {
    log_words(&l, "info", "twenty bytes of text");
    log_flush(&l);
  }
  ok(t, log_pending(&l) && l.lost > 0);
  drain_pipe(fd);
  for (p = got; (p = strchr(p, '\n')); p++) lines++;
  log_flush(&l);
  lost = l.lost;
  p = drain_pipe(fd);
  report = strstr(got, "warning: lost ");
  ok(t, report && sscanf(report, "warning: lost %lu log lines", &lost) == 1);
  for (; (p = strchr(p, '\n')); p++) lines++;
  ok_for(t, "every line arrived or was counted", lines - 1 + lost == 20000);
  for (p = got; *p; p = strchr(p, '\n') + 1) wrong += strncmp(p, "prog: ", 6) != 0;
  ok_for(t, "only whole lines", !wrong);
  ok(t, !l.lost && !log_pending(&l));
  close(fd);
}

/* The reader comes back while a line is being written: the report must not take that line's place. */
static void test_report_meanwhile(struct tap *t)
{
  struct log l;
  int fd = log_on_pipe(&l);
  while (l.lost < 3) log_words(&l, "info", "twenty bytes of text");
  drain_pipe(fd);
  log_words(&l, "info", "the line at hand");
  log_flush(&l);
  drain_pipe(fd);
  ok(t, strstr(got, "prog: info: the line at hand\n") != 0);
  ok(t, strstr(got, "prog: warning: lost 3 log lines") != 0);
  ok_for(t, "one report", !strstr(strstr(got, "lost 3") + 1, "lost "));
  ok(t, !l.lost && !log_pending(&l));
  close(fd);
}

static void test_reader_is_back(struct tap *t, struct log *l)
{
  int p[2];
  if (pipe(p) == -1 || dup2(p[1], 2) == -1) return;
  close(p[1]);
  log_follow(l);
  log_words(l, "info", "welcome");
  log_flush(l);
  fcntl(p[0], F_SETFL, O_NONBLOCK);
  is_string(t, drain_pipe(p[0]), "prog: info: welcome\nprog: warning: lost 3 log lines: their reader was too slow or gone\n", "the count is kept");
  ok(t, !l->lost);
  close(p[0]);
}

static void test_no_reader(struct tap *t)
{
  struct log l;
  int fd = log_on_pipe(&l), other;
  close(fd);
  log_words(&l, "info", "into the void");
  log_flush(&l);
  ok(t, !log_pending(&l) && l.lost == 1);
  log_flush(&l);
  ok(t, l.lost == 1);
  other = open("/dev/full", O_WRONLY);
  if (other == -1) return;
  dup2(other, 2);
  close(other);
  log_follow(&l);
  log_words(&l, "info", "on a full disk");
  log_flush(&l);
  ok(t, !log_pending(&l) && l.lost == 2);
  log_words(&l, "info", "on a full disk");
  log_flush(&l);
  ok(t, l.lost == 3);
  test_reader_is_back(t, &l);
}

/* A full pipe: whether the end can be told depends on whether there is room for a line. */
static void test_last(struct tap *t)
{
  struct log l;
  int fd = log_on_pipe(&l);
  unsigned long written = 0, arrived = 0, lost = 0;
  char const *p;
  for (; l.lost < 3; written++)
  {
    log_words(&l, "info", "twenty bytes of text");
    log_flush(&l);
  }
  log_last(&l);
  ok_for(t, "no room: nothing waits, and the count is kept", !log_pending(&l) && l.lost > 3);
  drain_pipe(fd);
  for (p = got; (p = strchr(p, '\n')); p++) arrived++;
  l.torn = 1;
  log_last(&l);
  sscanf(drain_pipe(fd), "\nprog: warning: lost %lu log lines", &lost);
  ok_for(t, "room: a line that was torn is ended", got[0] == '\n');
  ok_for(t, "and all that did not arrive are counted", lost == written - arrived && !l.lost);
  log_last(&l);
  is_string(t, drain_pipe(fd), "", "nothing is lost: nothing is said");
  close(fd);
}

static void fill_pipe(void)
{
  static char const page[4096];
  int flags = fcntl(2, F_GETFL);
  fcntl(2, F_SETFL, flags | O_NONBLOCK);
  while (write(2, page, sizeof page) > 0) ;
  fcntl(2, F_SETFL, flags);
}

/* A report that waits, and is given up itself: its count is not lost. */
static void test_report_given_up(struct tap *t)
{
  struct log l;
  int fd = log_on_pipe(&l);
  log_words(&l, "info", "first");
  l.lost = 1000;
  log_flush(&l);
  ok_for(t, "a report goes out", !l.lost && strstr(drain_pipe(fd), "lost 1000 log lines"));
  l.lost = 1000;
  fill_pipe();
  log_last(&l);
  ok_for(t, "one that finds no room is not forgotten", l.lost == 1000 && !log_pending(&l));
  close(fd);
}

int main(void)
{
  struct tap t = { 0, 0 };
  PROG = "prog";
  signal(SIGPIPE, SIG_IGN);
  test_lines(&t);
  test_long_line(&t);
  test_slow_reader(&t);
  test_report_meanwhile(&t);
  test_no_reader(&t);
  test_last(&t);
  test_report_given_up(&t);
  return tap_done(&t);
}
