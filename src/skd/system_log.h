/* Lines to the system log. syslog(3) does not report whether a line was received, waits for a log daemon
   that is stuck, and finds it by name only: from inside a chroot, never. */

#ifndef SALLYPORT_SYSTEM_LOG_H
#define SALLYPORT_SYSTEM_LOG_H

#include <stddef.h>
#include <stdint.h>

#define SYSTEM_LOG_SOCKET "/dev/log"

struct system_log
{
  int fd;           /* connected and non-blocking, or -1 */
  int stream;       /* the log daemon listens for connections: lines end with a NUL */
  char const *tag;
  int priority;
  int late;         /* the last line could not be sent: do not wait for the next one */
  uint64_t lost;    /* lines given up and not yet reported */
};

/* Returns 0, or -1 with errno: there is no such socket, or no log daemon. Close-on-exec. */
extern int system_log_connect(struct system_log *);

/* One line without its newline, of any bytes. Connects again if the log daemon was started anew, waits a
   second at most for one that is busy, and then counts the line as lost, which is reported when the log daemon is
   back. */
extern void system_log_send(struct system_log *, char const *line, size_t length);

#endif
