/* The relay: see relay.h. What the peer sends is "up", what the program sends is "down". */

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "deadline.h"
#include "relay.h"

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

/* The first cause counts: what fails after it does not write over it. */
static struct text *cause(struct relay *r, struct text *spare)
{
  spare->length = 0;
  return r->why.length ? spare : &r->why;
}

static int is_empty(struct relay_buffer const *b)
{
  return b->begin == b->end;
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

/* ---- up: from the peer to the program ---- */

/* What the peer sends has no reader any more: it is thrown away, and its end is waited for with patience. */
static void lose_app(struct relay *r)
{
  r->app_gone = 1;
  r->up.begin = r->up.end = 0;
  if (r->app_out.fd != -1) nowait_close(&r->app_out);
}

static void fail(struct relay *r)
{
  r->failed = 1;
  r->up_ended = 1;
  r->down_lost = 1;
}

static void end_up(struct relay *r, enum tls_step step)
{
  r->up_ended = 1;
  if (step == TLS_NOTIFIED || !r->strict || r->app_gone) return;
  text_string(&r->why, "the peer ended the connection without close_notify");
  fail(r);
}

/* Everything has been sent, and no reader is left: many peers reset the connection then, because they close it with our
   last words unread. That is an end like another. */
static int is_done(struct relay const *r)
{
  return r->closed && r->app_gone;
}

/* One piece of clear text. Returns true if there may be more at once. */
static int fill_up(struct relay *r)
{
  char words[TLS_WHY_MAX];
  struct text spare = TEXT_IN(words);
  size_t got;
  enum tls_step step = tls_read(r->tls, r->up.bytes, sizeof r->up.bytes, &got, is_done(r) ? &spare : cause(r, &spare));
  switch (step)
  {
    case TLS_DONE :
      r->up.begin = 0;
      r->up.end = r->app_gone ? 0 : got;
      return 1;
    case TLS_WANT_READ : return 0;
    case TLS_WANT_WRITE : r->blocked = 1; return 0;
    case TLS_NOTIFIED :
    case TLS_END : end_up(r, step); return 0;
    default :
      if (is_done(r)) r->up_ended = 1;
      else fail(r);
      return 0;
  }
}

static void drain_up(struct relay *r)
{
  while (!is_empty(&r->up))
  {
    ssize_t w = nowait_write(&r->app_out, r->up.bytes + r->up.begin, r->up.end - r->up.begin);
    if (w == -1 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
    if (w == -1) lose_app(r);
    else r->up.begin += (size_t)w;
  }
}

/* As much as goes through at once, but not for ever: the other direction has its turn. */
static void move_up(struct relay *r)
{
  int turns = 8;
  drain_up(r);
  while (turns-- && !r->up_ended && is_empty(&r->up) && fill_up(r)) drain_up(r);
  if (r->up_ended && is_empty(&r->up) && r->app_out.fd != -1) nowait_close(&r->app_out);
}

/* ---- down: from the program to the peer ---- */

static void fill_down(struct relay *r)
{
  ssize_t n = nowait_read(&r->app_in, r->down.bytes, sizeof r->down.bytes);
  if (n == -1 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
  r->down.begin = 0;
  r->down.end = n > 0 ? (size_t)n : 0;
  if (n > 0) return;
  /* A program that ends without having read everything gives ECONNRESET: an end like another. */
  r->down_ended = 1;
  nowait_close(&r->app_in);
}

static void drain_down(struct relay *r)
{
  r->blocked = 0;
  while (!is_empty(&r->down) && !r->down_lost)
  {
    size_t put = 0;
    enum tls_step step = tls_write(r->tls, r->down.bytes + r->down.begin, r->down.end - r->down.begin, &put, &r->why);
    if (step == TLS_WANT_READ) return;
    if (step == TLS_WANT_WRITE)
    {
      r->blocked = 1;
      return;
    }
    /* What the peer had sent before it went can still be read: the reading side ends the session. */
    if (step != TLS_DONE) r->failed = r->down_lost = 1;
    r->down.begin += put;
    r->deadline = NO_DEADLINE;
  }
  if (r->down_lost) r->down.begin = r->down.end = 0;
}

/* Whether close_notify goes before FIN. In TLS 1.3 it ends our direction only. Before, its receiver drops what it still
   has to send (RFC 5246, 7.2.1): so not while the program waits for that. */
static int wants_notice(struct relay const *r)
{
  return tls_closes_by_half(r->tls) || r->notify || r->up_ended || r->app_gone;
}

static void look_at_app(struct relay *r)
{
  struct pollfd p = { .fd = r->app_out.fd, .events = 0, .revents = 0 };
  if (r->app_out.fd != -1 && poll(&p, 1, 0) > 0 && p.revents & (POLLERR | POLLHUP)) lose_app(r);
}

/* A program that has ended closes both directions at once, and poll(2) shows it when the end of its output does. */
static void close_down(struct relay *r)
{
  look_at_app(r);
  if (wants_notice(r) && !r->down_lost)
  {
    char words[TLS_WHY_MAX];
    struct text spare = TEXT_IN(words);
    enum tls_step step = tls_close(r->tls, &spare);
    if (step == TLS_WANT_WRITE)
    {
      r->blocked = 1;
      return;
    }
  }
  nowait_close(&r->net_out);
  r->closed = 1;
  r->deadline = NO_DEADLINE;
}

static void move_down(struct relay *r, int readable)
{
  drain_down(r);
  if (readable && is_empty(&r->down) && !r->down_ended)
  {
    fill_down(r);
    drain_down(r);
  }
}

/* ---- both ---- */

static void gather(struct relay *r, struct pollfd *p)
{
  int reads_net = !r->up_ended && is_empty(&r->up);
  int i = 0;
  p[NET_IN].fd = reads_net ? r->net_in.fd : -1;
  p[NET_IN].events = POLLIN;
  p[NET_OUT].fd = r->blocked && !r->down_lost ? r->net_out.fd : -1;
  p[NET_OUT].events = POLLOUT;
  p[APP_IN].fd = is_empty(&r->down) && !r->down_ended ? r->app_in.fd : -1;
  p[APP_IN].events = POLLIN;
  /* Without anything to write it is watched for its death. */
  p[APP_OUT].fd = r->app_out.fd;
  p[APP_OUT].events = is_empty(&r->up) ? 0 : POLLOUT;
  for (; i < RELAY_POLLED; i++) p[i].revents = 0;
}

static int is_over(struct relay const *r)
{
  return r->up_ended && is_empty(&r->up) && (r->closed || r->down_lost);
}

/* The program is gone: now a peer that does nothing has a deadline. */
static void set_deadline(struct relay *r)
{
  if (r->deadline != NO_DEADLINE) return;
  if (r->closed && (r->app_gone || (r->notify && !tls_closes_by_half(r->tls)))) r->deadline = deadline_after(RELAY_LINGER);
  else if (r->app_gone && r->down_ended && !r->closed) r->deadline = deadline_after(RELAY_STALL);
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
  if (p[APP_OUT].revents & (POLLERR | POLLHUP) && !r->app_gone) lose_app(r);
  move_down(r, p[APP_IN].revents);
  move_up(r);
  if (r->down_ended && is_empty(&r->down) && !r->closed && !r->down_lost) close_down(r);
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
