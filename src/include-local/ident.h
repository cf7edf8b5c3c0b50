/* Asking the host at the other end of a TCP connection for its owner (RFC 1413). The answer is as
   trustworthy as that host. */

#ifndef SALLYPORT_IDENT_H
#define SALLYPORT_IDENT_H

#include <stdint.h>

#include "address.h"

enum
{
  IDENT_PORT = 113,
  IDENT_LINE_MAX = 1024  /* longer answers are malformed; room for any answer, NUL included */
};

enum ident_outcome
{
  IDENT_USER,     /* the answer is a user */
  IDENT_NO,       /* the answer is a reason, such as NO-USER or HIDDEN-USER; nothing at all if the host just closed */
  IDENT_TIMEOUT,
  IDENT_FAILED    /* errno is set; EPROTO: malformed answer */
};

/* Asks about the connection between `local` (ours) and `remote`. The answer is printable, and empty unless
   there was one. */
extern enum ident_outcome ident_ask(struct text *answer, struct address const *local, struct address const *remote,
  uint64_t deadline);

/* The answer in a line, without its end: the part of ident_ask that reads. */
extern enum ident_outcome ident_read(struct text *answer, char const *line, unsigned int remote_port, unsigned int local_port);

#endif
