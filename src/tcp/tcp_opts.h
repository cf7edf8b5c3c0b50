/* The TCP family's option table, shared by its programs. */

#ifndef SALLYPORT_TCP_OPTS_H
#define SALLYPORT_TCP_OPTS_H

#include "opts.h"

enum
{
  TCP_SERVER = 1,     /* s6-tcpserver, the wrapper */
  TCP_BINDER = 2,     /* s6-tcpserver-socketbinder */
  TCP_IDENTITY = 4,   /* s6-applyuidgid, as a stage of the wrapper's chain */
  TCP_DAEMON = 8,     /* s6-tcpserverd */
  TCP_ACCESS = 16,    /* s6-tcpserver-access */
  TCP_CLIENT = 32     /* s6-tcpclient */
};

extern struct opts_family const tcp_opts;

/* The argument of -T, "X" or "X+Y" in seconds: the sum in milliseconds, or -1 with errno. */
extern int attempt_parse(char const *word, uint64_t *milliseconds);

#endif
