/* Writing to a log without waiting for its reader: the part that both twins of platform.h have. */

#ifndef SALLYPORT_LOG_PORTABLE_H
#define SALLYPORT_LOG_PORTABLE_H

#include <sys/types.h>

enum log_kind
{
  LOG_KIND_FILE,      /* has no reader to wait for */
  LOG_KIND_PIPE,      /* or fifo */
  LOG_KIND_SOCKET,
  LOG_KIND_TERMINAL,
  LOG_KIND_OTHER      /* another device */
};

struct platform_log
{
  int shared;          /* the descriptor that we were given: other processes have the same open file */
  int fd;              /* to write to and to poll: our own open file, or the shared one */
  enum log_kind kind;
  int refused;         /* errno: why there is none of our own; 0: there is, or none is needed */
  int may_wait;        /* the shared file has been written to, and nothing but poll(2) kept that from waiting */
  int relay[2];        /* of platform-linux: a pipe of our own, -1 if there is none */
};

/* As platform_log_open and platform_log_write. */
extern void log_open_portable(struct platform_log *, int fd);
extern ssize_t log_write_portable(struct platform_log *, char const *s, size_t length);

/* 1: fd is our own open file; 0: it is the shared one; -1 with EPIPE: the pipe has no reader, so that it cannot be opened now. */
extern int log_is_own(struct platform_log *);

#endif
