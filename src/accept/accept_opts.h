/* The acceptors' option table, shared by its programs. */

#ifndef SALLYPORT_ACCEPT_OPTS_H
#define SALLYPORT_ACCEPT_OPTS_H

#include "opts.h"

enum
{
  ACCEPT_TCP = 1,
  ACCEPT_STREAM = 2,
  ACCEPT_SEQPACKET = 4
};

extern struct opts_family const accept_opts;

#endif
