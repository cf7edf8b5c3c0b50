/* The option table of the TLS programs. */

#ifndef SALLYPORT_TLS_OPTS_H
#define SALLYPORT_TLS_OPTS_H

#include "opts.h"

enum
{
  TLS_SERVER_IO = 1,      /* s6-tlsd-io */
  TLS_CLIENT_IO = 2,      /* s6-tlsc-io */
  TLS_SERVER_CHAIN = 4,   /* s6-tlsd */
  TLS_CLIENT_CHAIN = 8,   /* s6-tlsc */
  TLS_SERVER_UCSPI = 16,  /* s6-ucspitlsd */
  TLS_CLIENT_UCSPI = 32,  /* s6-ucspitlsc */
  TLS_CLIENT = 64,        /* s6-tlsclient, the wrapper */
  TLS_CLIENT_TCP = 128    /* s6-tcpclient, as a stage of that wrapper */
};

extern struct opts_family const tls_opts;

#endif
