/* The logger: a process that reads lines from a pipe and sends them to the system log. It ends when the
   last writer has closed the pipe. */

#ifndef SALLYPORT_LOGGER_H
#define SALLYPORT_LOGGER_H

#include <sys/types.h>

#include "identity.h"
#include "system_log.h"

struct logger
{
  int in;         /* the end that a logger reads; kept open, so that no writer dies while there is none */
  int out;        /* the other end, for fd 2, where it is moved */
  pid_t pid;      /* 0: none now, or not ours to wait for */
  struct system_log to;
};

/* Makes the pipe, or dies (111), and connects to the system log, or warns: the logger tries it again with each line. */
extern void logger_prepare(struct logger *, char const *tag, int priority);

/* Forks a logger, which becomes `identity` if that is not 0, but keeps its root directory. -1 with errno. */
extern int logger_start(struct logger *, struct identity const *);

/* The same for a process that is going to execute another program: a keeper, which is not its child, starts the
   logger again when it dies. -1 with errno. */
extern int logger_start_kept(struct logger *, struct identity const *);

#endif
