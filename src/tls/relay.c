/* The relay: see relay.h. */

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "deadline.h"
#include "relay_move.h"

enum { NET_IN, NET_OUT, APP_IN, APP_OUT };

static ssize_t wire_read(void *data, char *s, size_t length)
{
  struct relay *r = data;
  return nowait_read(&r->net_in, s, length);
}

static ssize_t wire_write(void *data, char const *s, size_t length)
{
  struct relay *r = data;
  return nowait_write(&r->net_out, s, length);
}

void relay_wire(struct relay *r, struct tls_wire *w)
{
  w->read = &wire_read;
  w->write = &wire_write;
  w->data = r;
}

void relay_init(struct relay *r)
{
  r->up.begin = r->up.end = r->down.begin = r->down.end = 0;
  r->up_ended = r->down_ended = r->down_lost = r->closed = r->app_gone = r->blocked = r->failed = 0;
  r->deadline = NO_DEADLINE;
  r->why.s = r->words;
  r->why.length = 0;
  r->why.max = sizeof r->words;
  r->why.cut = 0;
}

/* ---- the handshake ---- */

/* A wire end that needs poll(2) first gets it from here: the step sets what it waits for. */
static int wait_for_wire(struct relay *r, enum tls_step step, uint64_t deadline)
{
  int reading = step == TLS_WANT_READ;
  return deadline_poll(reading ? r->net_in.fd : r->net_out.fd, reading ? POLLIN : POLLOUT, deadline) == -1 ? -1 : 0;
}

int relay_handshake(struct relay *r, uint64_t deadline)
{
  for (;;)
  {
    enum tls_step step = tls_handshake(r->tls, &r->why);
    if (step == TLS_DONE) return 0;
    if (step == TLS_WANT_READ || step == TLS_WANT_WRITE)
    {
      if (wait_for_wire(r, step, deadline) == 0) continue;
      text_string(&r->why, errno == ETIMEDOUT ? "TLS handshake timed out" : strerror(errno));
    }
    return -1;
  }
}

/* ---- both ---- */

static void gather(struct relay *r, struct pollfd *p)
{
  int reads_net = !r->up_ended && relay_is_empty(&r->up);
  int i = 0;
  p[NET_IN].fd = reads_net ? r->net_in.fd : -1;
  p[NET_IN].events = POLLIN;
  p[NET_OUT].fd = r->blocked && !r->down_lost ? r->net_out.fd : -1;
  p[NET_OUT].events = POLLOUT;
  p[APP_IN].fd = relay_is_empty(&r->down) && !r->down_ended ? r->app_in.fd : -1;
  p[APP_IN].events = POLLIN;
  /* Without anything to write it is watched for its death. */
  p[APP_OUT].fd = r->app_out.fd;
  p[APP_OUT].events = relay_is_empty(&r->up) ? 0 : POLLOUT;
  for (; i < RELAY_POLLED; i++) p[i].revents = 0;
}

static int is_over(struct relay const *r)
{
  return r->up_ended && relay_is_empty(&r->up) && (r->closed || r->down_lost);
}

/* The program is gone: now a peer that does nothing has a deadline. What is left of the output may not even have been read yet. */
static void set_deadline(struct relay *r)
{
  if (r->deadline != NO_DEADLINE) return;
  if (r->closed && (r->app_gone || (r->notify && !tls_closes_by_half(r->tls)))) r->deadline = deadline_after(RELAY_LINGER);
  else if (r->app_gone && !r->closed && (r->down_ended || !relay_is_empty(&r->down))) r->deadline = deadline_after(RELAY_STALL);
}

/* Returns false when the deadline has passed. */
static int turn(struct relay *r)
{
  struct pollfd p[RELAY_POLLED];
  int n;
  gather(r, p);
  set_deadline(r);
  n = poll(p, RELAY_POLLED, p[NET_IN].fd != -1 && tls_has_pending(r->tls) ? 0 : deadline_left(r->deadline));
  if (n == -1 && errno != EINTR) return 0;
  if (n <= 0 && deadline_passed(r->deadline)) return 0;
  if (p[APP_OUT].revents & (POLLERR | POLLHUP) && !r->app_gone) relay_lose_app(r);
  relay_move_down(r, p[APP_IN].revents);
  relay_move_up(r);
  if (r->down_ended && relay_is_empty(&r->down) && !r->closed && !r->down_lost) relay_close_down(r);
  return 1;
}

int relay_run(struct relay *r)
{
  while (!is_over(r))
    if (!turn(r))
    {
      if (r->closed) return r->failed ? -1 : 0;  /* the peer had time enough to end */
      text_string(&r->why, "the peer takes nothing any more");
      return -1;
    }
  return r->failed ? -1 : 0;
}
