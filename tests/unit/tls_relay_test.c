/* relay.h: how long a peer is waited for that takes nothing. TLS and the clock are stand-ins, so that no time goes by. */

#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "deadline.h"
#include "tap.h"
#include "tls/relay.h"

static struct relay relay;
static int waited;  /* the limit that the peer was given; 0: none */
static int broken;  /* the wire has failed */
static unsigned int turns;

enum { TURNS = 100 };

enum tls_step tls_handshake(struct tls *tls, struct text *why)
{
  (void)tls;
  (void)why;
  return TLS_DONE;
}

enum tls_step tls_read(struct tls *tls, char *s, size_t max, size_t *got, struct text *why)
{
  (void)tls;
  (void)s;
  (void)max;
  (void)got;
  (void)why;
  return broken ? TLS_END : TLS_WANT_READ;
}

enum tls_step tls_write(struct tls *tls, char const *s, size_t length, size_t *put, struct text *why)
{
  (void)tls;
  (void)s;
  (void)length;
  (void)put;
  (void)why;
  return broken ? TLS_FAILED : TLS_WANT_WRITE;
}

enum tls_step tls_close(struct tls *tls, struct text *why)
{
  (void)tls;
  (void)why;
  return broken ? TLS_FAILED : TLS_WANT_WRITE;
}

int tls_has_pending(struct tls const *tls)
{
  (void)tls;
  return 0;
}

int tls_closes_by_half(struct tls const *tls)
{
  (void)tls;
  return 1;
}

/* ---- the clock ---- */

uint64_t deadline_after(uint64_t milliseconds)
{
  waited = (int)milliseconds;
  return 1;
}

int deadline_passed(uint64_t deadline)
{
  return deadline != NO_DEADLINE;
}

/* Asked again and again, without a limit, the peer would be waited for for ever. */
int deadline_left(uint64_t deadline)
{
  if (deadline == NO_DEADLINE && ++turns > TURNS) broken = 1;
  return 0;
}

int deadline_poll(int fd, short events, uint64_t deadline)
{
  (void)fd;
  (void)events;
  (void)deadline;
  return -1;
}

/* ---- */

/* A program that has left so many bytes. */
static void run(size_t left)
{
  char bytes[3000];
  int app[2], net[2];
  memset(bytes, 'x', sizeof bytes);
  waited = broken = 0;
  turns = 0;
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, app) == -1 || socketpair(AF_UNIX, SOCK_STREAM, 0, net) == -1) return;
  if (write(app[1], bytes, left) != (ssize_t)left) return;
  close(app[1]);
  nowait_open_polled(&relay.app_in, app[0], 1);
  nowait_open_polled(&relay.app_out, dup(app[0]), 0);
  nowait_open_polled(&relay.net_in, net[0], 1);
  nowait_open_polled(&relay.net_out, dup(net[0]), 0);
  while (send(net[0], bytes, sizeof bytes, MSG_DONTWAIT) > 0) continue;  /* until the wire takes nothing */
  relay_init(&relay);
  relay_run(&relay);
  close(net[0]);
  close(net[1]);
}

int main(void)
{
  struct tap t = { 0, 0 };
  run(0);
  ok_for(&t, "a peer that does not take the end of the session has a limit", waited == RELAY_STALL);
  run(3000);
  ok_for(&t, "a peer that does not take what the program has left has a limit", waited == RELAY_STALL);
  return tap_done(&t);
}
