/* The log of a long-lived program: whole lines on fd 2, through a bounded buffer, never waiting for the
   reader. Lines that had to be dropped are counted, and the number is logged when the reader is back. */

#ifndef SALLYPORT_LOG_H
#define SALLYPORT_LOG_H

#include <stdint.h>

#include "log_portable.h"
#include "text.h"

enum { LOG_LINE_MAX = 1024, LOG_BUFFER_MAX = 16384 };

enum log_level
{
  LOG_FATAL = 0,
  LOG_WARNING = 1,  /* the default of the daemons: warnings, refusals */
  LOG_EVENT = 2,    /* each connection */
  LOG_DETAIL = 3    /* what is of use only to find out why */
};

struct log
{
  unsigned int verbosity;
  struct platform_log sink;
  int warned;           /* that the log may wait for its reader */
  size_t used;          /* bytes waiting in buffer */
  int torn;             /* the reader got the beginning of a line whose end was given up */
  uint64_t lost;        /* lines given up and not yet reported */
  uint64_t lost_ever;   /* the same since the start, reported or not */
  size_t report;        /* the report waits in buffer and ends here; 0: none does */
  uint64_t reported;    /* how many lines it reports */
  struct text line;     /* the line being written, in `words` */
  char words[LOG_LINE_MAX];
  char buffer[LOG_BUFFER_MAX];
};

extern void log_start(struct log *, unsigned int verbosity);

/* fd 2 has become another file. */
extern void log_follow(struct log *);

static inline int log_wants(struct log const *l, enum log_level level)
{
  return l->verbosity >= (unsigned int)level;
}

/* Begins a line "PROG: LEVEL: " and returns the text to continue it with; log_end() queues it. */
extern struct text *log_begin(struct log *, char const *level);
extern void log_end(struct log *);

/* The usual case of fixed words. */
extern void log_words(struct log *, char const *level, char const *words);

/* "PROG: warning: unable to WHAT WHICH: reason of e". which may be 0, and e where the system gave no reason. */
extern void log_unable(struct log *, char const *what, char const *which, int e);

/* Writes what the reader takes at once, and never blocks. */
extern void log_flush(struct log *);

/* The same for the last time: what the reader does not take is lost, and counted if it takes one line more. */
extern void log_last(struct log *);

/* True while something waits for the reader: poll log_fd() for writing. */
static inline int log_pending(struct log const *l)
{
  return l->used > 0;
}

static inline int log_fd(struct log const *l)
{
  return l->sink.fd;
}

#endif
