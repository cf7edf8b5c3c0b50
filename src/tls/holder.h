/* The holder of the keys: a process that reads nothing but requests of a fixed size, and signs. A process that has the other end
   of its socket can ask; each request brings the socket that the answer is to be sent to, so that any number of processes
   share the one end, none reads what is meant for another, and the holder keeps no state of them. */

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

enum { HOLDER_BYTES = 4096, HOLDER_PATIENCE = 10000, HOLDER_HURRY = 500 };  /* the last two are ms */

struct holder_reply
{
  int32_t result;       /* bytes used, or a number; negative: failed, and the bytes are words */
  uint32_t exit_code;   /* which one fits the failure */
  uint32_t generation;  /* of the pairs: changes when other files are read */
  uint32_t total;
  unsigned char bytes[HOLDER_BYTES];
};

/* What a process that asks needs: the socket, and the generation of the pairs that it has seen last. */
struct holder
{
  int fd;
  uint32_t generation;
};

/* By which s6-tlskeyholder passes the socket on. */
#define HOLDER_VARIABLE "SALLYPORT_TLS_HOLDER"

enum holder_life
{
  HOLDER_ENDS,   /* it serves one process, and reads the files once */
  HOLDER_LASTS   /* it serves a daemon, and looks at the files at most once a second */
};

struct identity;

/* Forks a holder that reads the pairs, and that becomes `ids` if they are not 0. The keys never are in our own memory. It ends
   when no process has the other end any longer. Dies (111). */
extern void holder_start(struct holder *, struct keyring *, enum holder_life, struct identity const *ids);

/* Asks, and waits at most `patience` ms. -1 with errno. */
extern int holder_ask(struct holder const *, struct holder_request const *, struct holder_reply *, uint64_t patience);

/* How many pairs it has. -1 if it does not answer, or could not read them. */
extern int holder_count(struct holder *, uint32_t *count);

/* The same; dies with its words, and the exit code that goes with them. */
extern uint32_t holder_require(struct holder *);

/* True if it has other pairs than those that were counted last. -1 with errno: it does not answer. */
extern int holder_is_new(struct holder const *);

/* A pair of the generation counted last that signs by the holder; *name is allocated, or 0 for the default. 0 with errno
   EOPNOTSUPP if its key cannot be held, or with why. */
extern struct tls_pair *holder_pair(struct holder *, uint32_t number, char **name, struct text *why);

#endif
