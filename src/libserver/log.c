/* Non-blocking log: see log.h. */

#include <errno.h>
#include <string.h>

#include <skalibs/strerr.h>

#include "platform.h"
#include "log.h"

void log_start(struct log *l, unsigned int verbosity)
{
  l->verbosity = verbosity;
  platform_log_open(&l->sink, 2);
  l->warned = 0;
  l->used = 0;
  l->torn = 0;
  l->lost = 0;
  l->lost_ever = 0;
  l->report = 0;
}

void log_follow(struct log *l)
{
  platform_log_close(&l->sink);
  platform_log_open(&l->sink, 2);
}

static void begin(struct text *line, char const *level)
{
  text_string(line, PROG);
  text_string(line, ": ");
  text_string(line, level);
  text_string(line, ": ");
}

struct text *log_begin(struct log *l, char const *level)
{
  l->line.s = l->words;
  l->line.length = 0;
  l->line.max = sizeof l->words - 1;  /* room for the newline */
  l->line.cut = 0;
  begin(&l->line, level);
  return &l->line;
}

static void append(struct log *l, char const *s, size_t length)
{
  memcpy(l->buffer + l->used, s, length);
  l->used += length;
}

/* An empty buffer after a torn line means that the line's end was given up: end it here, so that the
   next one starts on its own. */
static void queue(struct log *l, struct text const *line)
{
  if (line->length + 1 > sizeof l->buffer - l->used)
  {
    l->lost++;
    l->lost_ever++;
    return;
  }
  if (!l->used && l->torn) append(l, "\n", 1);
  append(l, line->s, line->length);
}

static uint64_t count_lines(char const *s, size_t length)
{
  uint64_t n = 0;
  while (length--) n += *s++ == '\n';
  return n;
}

/* The reader is gone or the disk is full: the next reader gets whole lines, and the count. A report among
   those that never went out stands for the lines that it reported. */
static void give_up(struct log *l)
{
  uint64_t lines = count_lines(l->buffer, l->used);
  l->lost += lines;
  l->lost_ever += lines;
  if (l->report)
  {
    l->lost += l->reported - 1;
    l->lost_ever--;
  }
  l->report = 0;
  l->used = 0;
}

static void took(struct log *l, size_t length)
{
  l->torn = l->buffer[length - 1] != '\n';
  l->used -= length;
  l->report -= l->report < length ? l->report : length;
  memmove(l->buffer, l->buffer + length, l->used);
}

/* In a line of its own: log_end may have one in hand that waits for the room made here. */
static void report_lost(struct log *l)
{
  char words[LOG_LINE_MAX];
  struct text t = TEXT_IN(words);
  begin(&t, "warning");
  text_string(&t, "lost ");
  text_number(&t, l->lost);
  text_string(&t, " log lines: their reader was too slow or gone\n");
  l->reported = l->lost;
  l->lost = 0;
  queue(l, &t);
  l->report = l->used;
}

/* True if everything went out. */
static int drain(struct log *l)
{
  while (l->used)
  {
    ssize_t n = platform_log_write(&l->sink, l->buffer, l->used);
    if (n > 0) took(l, (size_t)n);
    else if (n == -1 && errno == EINTR) continue;
    else if (n == -1 && errno == EAGAIN) return 0;
    else return (give_up(l), 0);
  }
  return 1;
}

/* The report goes out after lines that were taken, so that a reader who is gone costs one write a line
   and the count is kept. */
static void flush(struct log *l)
{
  if (!l->used || !drain(l) || !l->lost) return;
  report_lost(l);
  drain(l);
}

void log_end(struct log *l)
{
  text_scrub(&l->line, 0);
  l->words[l->line.length++] = '\n';
  if (l->line.length + 1 > sizeof l->buffer - l->used) flush(l);
  queue(l, &l->line);
}

void log_words(struct log *l, char const *level, char const *words)
{
  text_string(log_begin(l, level), words);
  log_end(l);
}

void log_unable(struct log *l, char const *what, char const *which, int e)
{
  struct text *t = log_begin(l, "warning");
  text_string(t, "unable to ");
  text_string(t, what);
  if (which)
  {
    text_string(t, " ");
    text_string(t, which);
  }
  if (e)
  {
    text_string(t, ": ");
    text_string(t, strerror(e));
  }
  log_end(l);
}

/* A daemon that stands still because of its log gives no other hint of the reason. */
static void tell_that_it_may_wait(struct log *l)
{
  struct text *t;
  l->warned = 1;
  if (!log_wants(l, LOG_WARNING)) return;
  t = log_begin(l, "warning");
  text_string(t, "unable to open the log a second time: ");
  text_string(t, strerror(l->sink.refused));
  text_string(t, ": a reader that stops reading may stop the service");
  log_end(l);
  flush(l);
}

void log_flush(struct log *l)
{
  flush(l);
  if (l->sink.may_wait && !l->warned) tell_that_it_may_wait(l);
}

/* The count is one short line: it may find the room that the others did not. */
void log_last(struct log *l)
{
  drain(l);
  give_up(l);
  if (!l->lost) return;
  report_lost(l);
  if (!drain(l)) give_up(l);
}
