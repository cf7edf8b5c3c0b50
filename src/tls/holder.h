/* The holder of the keys: a process that reads nothing but requests of a fixed size, and signs. Whoever has the other end
   of its socket can ask; each request brings the socket that the answer is to be sent to, so that any number of processes
   share the one end, none reads what is meant for another, and the holder remembers nobody. */

#ifndef SALLYPORT_HOLDER_H
#define SALLYPORT_HOLDER_H

#include <stdint.h>

#include "keyring.h"
#include "tls.h"

enum holder_what
{
  HOLDER_COUNT = 1,        /* answer: result is the number of pairs */
  HOLDER_NAME = 2,         /* bytes are the server name of `pair`, none for the default; total is 0 if its key cannot be held */
  HOLDER_CERTIFICATES = 3, /* bytes are PEM from `offset`, total how many there are */
  HOLDER_SIGN = 4          /* bytes are the signature */
};

struct holder_request
{
  uint32_t what, generation, pair, how, offset, length;
  unsigned char bytes[TLS_SIGNATURE_MAX];
};

enum { HOLDER_BYTES = 4096, HOLDER_PATIENCE = 10000 };

struct holder_reply
{
  int32_t result;       /* bytes used, or a number; negative: failed, and the bytes are words */
  uint32_t exit_code;   /* which one fits the failure */
  uint32_t generation;  /* of the pairs: changes when other files are read */
  uint32_t total;
  unsigned char bytes[HOLDER_BYTES];
};

/* What a process that asks needs: the socket, and which generation of the pairs it has. */
struct holder
{
  int fd;
  uint32_t generation;
};

/* Forks a holder that reads the pairs, and that drops to the ids if they are not 0. The keys never are in our own memory. It ends when
   nobody has the other end any longer. Dies (111). */
struct identity;
extern void holder_start(struct holder *, struct keyring *, struct identity const *);

/* Becomes the holder: serves until the end. */
extern void holder_serve(int fd, struct keyring *, struct identity const *);

/* Asks, and waits at most HOLDER_PATIENCE ms. -1 with errno. */
extern int holder_ask(struct holder const *, struct holder_request const *, struct holder_reply *);

/* How many pairs it has; dies with its words (96) if it could not read them. */
extern uint32_t holder_count(struct holder *);

/* A pair that signs by the holder; *name is allocated, or 0 for the default. A key that cannot be held gives 0 with
   errno EOPNOTSUPP, anything else with why. */
extern struct tls_pair *holder_pair(struct holder *, uint32_t number, char **name, struct text *why);

#endif
