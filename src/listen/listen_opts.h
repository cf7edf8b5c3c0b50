/* The listeners' option table, shared by its programs. */

#ifndef SALLYPORT_LISTEN_OPTS_H
#define SALLYPORT_LISTEN_OPTS_H

#include "opts.h"

enum
{
  LISTEN_TCP = 1,
  LISTEN_UDP = 2,
  LISTEN_STREAM = 4,
  LISTEN_DATAGRAM = 8,
  LISTEN_SEQPACKET = 16,
  LISTEN_NETLINK = 32
};

extern struct opts_family const listen_opts;

#endif
