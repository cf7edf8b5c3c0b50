/* What the two io programs have in common: a process that speaks TLS with a peer, and in clear text with a program. */

#ifndef SALLYPORT_IO_H
#define SALLYPORT_IO_H

#include "address.h"
#include "holder.h"
#include "keyring.h"
#include "identity.h"
#include "opts.h"
#include "relay.h"
#include "tls.h"

enum { HANDSHAKE_TIMEOUT = 30000, IO_READABLE = 32 };

struct io
{
  struct tls_settings settings;
  struct tls_context *context;
  struct keyring keys;
  struct holder holder;     /* fd -1: none */
  struct identity ids;
  int has_ids;
  unsigned int verbosity;
  unsigned int tells_at;    /* the verbosity from which on a session that fails is logged */
  uint64_t patience;        /* ms for the handshake */
  int notification;         /* descriptor for the outcome, or -1 */
  char const *server_name;  /* client: 0 if none is expected */
  struct address const *remote;  /* the peer's, or 0: the connection knows it */
  char peer_words[96];      /* who the peer is, for the log */
  struct text peer;
  char const *readable[IO_READABLE + 1];  /* where authorities are */
  struct relay relay;
};

/* Options and environment. Dies (100). */
extern void io_configure(struct io *, struct opts const *, int is_server);

/* Pairs, by a holder where that is possible, authorities and the rest. Dies (96, 97, 100, 111). */
extern void io_prepare(struct io *);

/* Only what a sandbox must leave open: a part of io_prepare(). */
extern void io_find_places(struct io *);

/* The four ends by their descriptors, two of which may be the same. Dies (111). */
extern void io_open(struct io *, int net_in, int net_out, int app_in, int app_out);

/* Gives up everything that will not be needed: ids, files, system calls. -1 with why; ids that do not change are
   death (111). */
extern int io_close_up(struct io *, struct text *why);
extern void io_require_closed(struct io *);  /* dies (111) */

/* Handshake, report, relay. Returns the exit code. */
extern int io_run(struct io *);
extern int io_relay(struct io *);  /* the last of these alone */

/* A descriptor from an operand; dies (100, 111) if it is none or not open. */
extern int io_descriptor(char const *what, char const *word);

#endif
