/* Where stderr goes: -L. */

#ifndef SALLYPORT_REDIRECTION_H
#define SALLYPORT_REDIRECTION_H

#include <stdint.h>

#include "identity.h"
#include "log.h"
#include "log_spec.h"
#include "logger.h"

struct redirection
{
  int wanted;
  struct log_spec spec;
  int fd;                /* the open file, or the pipe to the logger, until it is fd 2 */
  struct logger logger;
  uint64_t started;      /* when the logger was: clock_millis() */
  uint64_t start_at;     /* when it is to be started again; 0: it runs, or there is none */
};

/* Opens the file, or starts a logger that becomes `identity` (0: stays who it is), or dies (111). spec: the
   argument of -L, or 0: nothing is wanted. `kept`: this process will not be here to start the logger again. */
extern void redirection_open(struct redirection *, char const *spec, struct identity const *, int kept);

/* Makes it fd 2; a file that is to be truncated is, now. */
extern void redirection_begin(struct redirection *);

/* Opens a log file again, by its name: the old one may have been renamed. If that fails the log stays where it is,
   with a line about it. */
extern void redirection_renew(struct redirection *, struct log *);

/* The logger's end was seen: it is started again, at most once a second. */
extern void redirection_ended(struct redirection *, struct log *, int status);
extern void redirection_tick(struct redirection *, struct log *, uint64_t now);

#endif
