/* What the acceptors share: everything but who a client is. */

#ifndef SALLYPORT_ACCEPTOR_H
#define SALLYPORT_ACCEPTOR_H

#include "opts.h"
#include "server.h"

struct acceptor
{
  struct server *server;
  struct family family;
  int named;             /* --localname was given */
  /* Of each connection: 1 on, 0 off, -1 as the listener has it. */
  int keepalives;
  int no_delay;
  int kill_ip_options;
};

/* Reads the options, and takes the listeners: those announced by LISTEN_FDS, or fd 3. The argument of
   --localname becomes the value of the variable `named` for every client. Dies (100, 111). */
extern void acceptor_configure(struct acceptor *, struct family const *, struct opts const *, char const *named);

/* Launches the program for each client until a signal ends it. Returns the exit code. */
extern int acceptor_run(struct acceptor *, char const *const *argv);

/* The variables of an IP client: struct family. */
extern void acceptor_tcp_environment(struct launch *, void *context, struct client const *, uint32_t count);

#endif
