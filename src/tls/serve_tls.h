/* The TLS of the daemon: contexts that are ready before the first client, and the process that speaks for each. */

#ifndef SALLYPORT_SERVE_TLS_H
#define SALLYPORT_SERVE_TLS_H

#include "between.h"
#include "holder.h"
#include "identity.h"
#include "opts.h"
#include "tls.h"

struct io;

enum
{
  SERVE_LOOK_EVERY = 1000,          /* ms between two questions whether there are new pairs */
  SERVE_ROTATE_EVERY = 12 * 3600000 /* ms that a ticket key is used for new tickets */
};

struct serve_tls
{
  struct between between;
  struct tls_settings settings;
  struct tls_context *context;
  struct holder holder;
  struct identity ids;
  int has_ids;
  struct io *io;        /* what each process begins with */
  uint64_t patience;    /* ms for a handshake */
  uint64_t looked;      /* when the holder was last asked whether its pairs are new ones, ms */
  uint64_t rotate_at;   /* when the ticket keys are replaced, ms; 0: never */
  int keep[3];
  char **secrets;       /* the variables of TLS, for the new program of an upgrade */
};

/* From the options, the environment, and the holder that s6-tlskeyholder has started. Dies (96, 97, 100, 111). Afterwards
   the variables that are for TLS only are gone. */
extern void serve_tls_configure(struct serve_tls *, struct opts const *);

/* ---- serve_context.c ---- */

/* All pairs of the holder in a new context, or 0 with why. */
extern struct tls_context *serve_tls_context(struct serve_tls *, struct text *why);

/* ---- hooks of struct between ---- */

extern void serve_tls_prepare(void *serve_tls, struct server *);

/* ---- serve_upgrade.c ---- */

extern char const *serve_tls_save(void *serve_tls, struct state *);
extern void serve_tls_resume(void *serve_tls, char const *values);

#endif
