/* The relay: clear text on one side, TLS on the other, until both directions have ended. No answer is lost: what was
   decrypted is passed on before an error counts, the end of one direction leaves the other alone, and a closed peer is
   waited for before our side of the connection goes. */

#ifndef SALLYPORT_RELAY_H
#define SALLYPORT_RELAY_H

#include <poll.h>
#include <stdint.h>

#include "nowait.h"
#include "tls.h"

enum
{
  RELAY_BUFFER = 65536,
  RELAY_POLLED = 4,          /* entries for poll(2) */
  RELAY_LINGER = 10000,      /* ms to wait for the peer's end once it has no reader */
  RELAY_STALL = 120000       /* ms without progress to a peer, once the program is gone */
};

struct relay_buffer
{
  size_t begin, end;
  char bytes[RELAY_BUFFER];
};

struct relay
{
  struct tls *tls;
  struct nowait net_in, net_out;  /* encrypted */
  struct nowait app_in, app_out;  /* clear */
  struct relay_buffer up;         /* from the peer to the program */
  struct relay_buffer down;       /* from the program to the peer */
  int strict;          /* FIN without close_notify is an error (-J) */
  int notify;          /* TLS 1.2: close_notify at the end of our output (-S) */
  int up_ended;        /* nothing more comes from the peer */
  int down_ended;      /* nothing more comes from the program */
  int down_lost;       /* nothing more can go to the peer */
  int closed;          /* the end of our output has been passed on */
  int app_gone;        /* the program reads no more */
  int blocked;         /* a write to the peer waits for the wire */
  int failed;          /* see why */
  uint64_t deadline;   /* of lingering, or of progress */
  char words[TLS_WHY_MAX];
  struct text why;
};

/* Before: the four ends are open. The wire of the connection must be relay_wire(). */
extern void relay_init(struct relay *);
extern void relay_wire(struct relay *, struct tls_wire *);

/* Until the end. Returns 0, or -1 with r->why: the session did not end well. */
extern int relay_run(struct relay *);

/* Shakes hands by the deadline. -1 with r->why. */
extern int relay_handshake(struct relay *, uint64_t deadline);

#endif
