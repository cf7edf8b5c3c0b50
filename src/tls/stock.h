/* The pairs that a holder has: the latest generation, and those before it for as long as clients may be in the middle of
   a handshake with them. */

#ifndef SALLYPORT_STOCK_H
#define SALLYPORT_STOCK_H

#include <stdint.h>

#include "keyring.h"
#include "tls.h"

enum { STOCK_GENERATIONS = 8 };

/* What distinguishes a file from the one that was there before. */
struct stamp
{
  uint64_t device, inode, size;
  int64_t seconds, nanoseconds;
};

struct stock
{
  struct keyring *keys;
  struct tls_pair **pairs[STOCK_GENERATIONS];  /* by generation modulo STOCK_GENERATIONS */
  uint32_t generation;    /* begins with 1 */
  struct stamp *stamps;   /* of certificates and key, of each entry */
  int failed;             /* the exit code if the first reading failed, or 0 */
  char words[TLS_WHY_MAX];
};

/* Reads all pairs: failed and words have the reason if that failed. */
extern void stock_open(struct stock *, struct keyring *);

/* Looks at the files, and reads them again if one is another. Returns true if there is a new generation. Where the new
   files are no good a warning is logged, once, and the old pairs stay. */
extern int stock_renew(struct stock *);

/* 0: there is none. */
extern struct tls_pair *stock_pair(struct stock const *, uint32_t generation, uint32_t number);

/* The directories where the files are, and those that they are links to: at most `max`, then 0. */
extern void stock_places(struct stock const *, char const **places, unsigned int max);

extern void stock_wipe(struct stock *);

#endif
