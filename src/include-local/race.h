/* Connecting to the first of several addresses that answers, as RFC 8305 advises: the next one is tried
   when the one before has failed, or has been silent for a moment, and the first to answer is kept. */

#ifndef SALLYPORT_RACE_H
#define SALLYPORT_RACE_H

#include <stdint.h>

#include <skalibs/gccattributes.h>

#include "address.h"

enum
{
  RACE_MAX = 32,     /* addresses; more than that are not tried */
  RACE_DELAY = 250   /* milliseconds before the next address is tried while one is silent */
};

struct attempt
{
  struct address remote;
  int fd;             /* -1 unless it is running */
  int error;          /* errno that ended it */
  uint64_t deadline;
};

struct race
{
  int type;                      /* SOCK_STREAM or SOCK_DGRAM */
  struct address const *local;   /* bind to it, and try only addresses of its family; 0: any */
  uint16_t local_port;           /* 0: any */
  uint64_t attempt_limit;        /* milliseconds for each address; 0: as long as the system tries */

  /* Sets socket options before the connection is made. 0, or -1 with errno: that attempt has failed.
     May be 0. */
  int (*prepare)(int fd, int family, void const *context);
  void const *context;

  struct attempt attempts[RACE_MAX];
  unsigned int count;
  unsigned int skipped;  /* addresses that are of another family than the local one */
  unsigned int last;     /* the attempt that won, or else the latest to fail */
};

#define RACE_OF(t) { .type = (t), .local = 0, .local_port = 0, .attempt_limit = 0, .prepare = 0, .context = 0, .count = 0, .skipped = 0, .last = 0 }

/* Adds an address, with its port, after the others. */
extern void race_add(struct race *, struct address const *);

/* Orders the addresses so that IPv6 and IPv4 take turns, IPv6 first; among themselves they stay in order. */
extern void race_alternate(struct race *);

/* Returns the connected socket, blocking and close-on-exec, or -1 with errno: of the last attempt,
   ETIMEDOUT if the deadline (see deadline.h) passed first, EAFNOSUPPORT if there was none to try. Every
   other socket is closed. */
extern int race_run(struct race *, uint64_t deadline);

/* After race_run has failed: one warning for each attempt that failed, but for the last. */
extern void race_warn(struct race const *);

/* Prints which address failed last, and why (111). `host` is what the user
   called it. */
extern void race_die(struct race const *, char const *host) gccattr_noreturn;

#endif
