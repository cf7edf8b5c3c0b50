/* The option table of the TLS server: the wrapper, the holder of the keys, the daemon. */

#ifndef SALLYPORT_TLSSERVER_OPTS_H
#define SALLYPORT_TLSSERVER_OPTS_H

#include "opts.h"

enum
{
  TLSSERVER = 1,            /* s6-tlsserver, the wrapper */
  TLSSERVER_BINDER = 2,     /* s6-tcpserver-socketbinder, as a stage of its chain */
  TLSSERVER_HOLDER = 4,     /* s6-tlskeyholder */
  TLSSERVER_IDENTITY = 8,   /* s6-applyuidgid */
  TLSSERVER_DAEMON = 16,    /* s6-tlsserverd, or s6-tcpserver where it takes its place */
  TLSSERVER_RULES = 32,     /* whichever judges the clients */
  TLSSERVER_ACCESS = 64,    /* s6-tcpserver-access */
  TLSSERVER_TLS = 128,      /* s6-tlsserverd, or s6-tlsd */
  TLSSERVER_SELF = 256      /* the wrapper itself */
};

extern struct opts_family const tlsserver_opts;

#endif
