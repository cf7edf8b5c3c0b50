/* The TCP family's option table, shared by its programs. */

#ifndef SALLYPORT_TCP_OPTS_H
#define SALLYPORT_TCP_OPTS_H

#include "opts.h"

enum
{
  TCP_SERVER = 1,     /* s6-tcpserver, the wrapper */
  TCP_BINDER = 2,     /* s6-tcpserver-socketbinder */
  TCP_IDENTITY = 4,   /* s6-applyuidgid, as a stage of the wrapper's chain */
  TCP_DAEMON = 8      /* s6-tcpserverd */
};

extern struct opts_family const tcp_opts;

#endif
