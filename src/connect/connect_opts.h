/* The option table of the connectors. */

#ifndef SALLYPORT_CONNECT_OPTS_H
#define SALLYPORT_CONNECT_OPTS_H

#include "opts.h"

enum
{
  CONNECT_TCP = 1,    /* tcp-socket-connect */
  CONNECT_UDP = 2,    /* udp-socket-connect */
  CONNECT_LOCAL = 4,  /* local-stream-socket-connect */
  CONNECT_BRIDGE = 8  /* s6-ioconnect */
};

extern struct opts_family const connect_opts;

#endif
