/* The portable half of platform_log_write, which the Linux twin falls back to. */

#ifndef SALLYPORT_LOG_PORTABLE_H
#define SALLYPORT_LOG_PORTABLE_H

#include <sys/types.h>

enum log_kind
{
  LOG_KIND_FILE,    /* never waits for a reader */
  LOG_KIND_PIPE,
  LOG_KIND_SOCKET,
  LOG_KIND_OTHER    /* a terminal, for instance */
};

extern int log_kind_portable(int fd);
extern ssize_t log_write_portable(int fd, int kind, char const *s, size_t length);

#endif
