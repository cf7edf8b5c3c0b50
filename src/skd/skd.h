/* All of skd: its options, what it holds, and what it does in the engine's loop. */

#ifndef SALLYPORT_SKD_H
#define SALLYPORT_SKD_H

#include "background.h"
#include "datagram.h"
#include "opts.h"
#include "part.h"
#include "pidfile.h"
#include "privileges.h"
#include "redirection.h"
#include "server.h"
#include "sockets.h"
#include "supervise.h"

struct skd
{
  struct opts given;
  char const *const *argv;          /* of the program to run */
  int no_delay;
  struct background background;
  struct sockets sockets;
  struct redirection redirection;
  struct pidfile pidfile;
  struct privileges privileges;
  int status_fd;                    /* -1: none */
  struct server *server;
  struct part part;                 /* see services_add() */
  int signals[4];                   /* part.signals */
  struct datagrams datagrams;
  struct supervised supervised;
};

/* Stream clients, TCP and Unix-domain, for the engine. Its variables are also those of datagram children. */
extern struct family const skd_family;

/* Adds the part that waits for datagrams, minds the logger and the supervised program, obeys INT and HUP, and removes the
   pid file at the end. */
extern void services_add(struct skd *);

#endif
