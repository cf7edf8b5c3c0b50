/* What goes through a relay at once, in each direction: see relay_move.h. */

#include <errno.h>
#include <poll.h>

#include "deadline.h"
#include "relay_move.h"

/* The first cause counts: what fails after it does not write over it. */
static struct text *cause(struct relay *r, struct text *spare)
{
  spare->length = 0;
  return r->why.length ? spare : &r->why;
}

int relay_is_empty(struct relay_buffer const *b)
{
  return b->begin == b->end;
}

/* ---- up: from the peer to the program ---- */

void relay_lose_app(struct relay *r)
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
  while (!relay_is_empty(&r->up))
  {
    ssize_t w = nowait_write(&r->app_out, r->up.bytes + r->up.begin, r->up.end - r->up.begin);
    if (w == -1 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
    if (w == -1) relay_lose_app(r);
    else r->up.begin += (size_t)w;
  }
}

void relay_move_up(struct relay *r)
{
  int turns = 8;
  drain_up(r);
  while (turns-- && !r->up_ended && relay_is_empty(&r->up) && fill_up(r)) drain_up(r);
  if (r->up_ended && relay_is_empty(&r->up) && r->app_out.fd != -1) nowait_close(&r->app_out);
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
  while (!relay_is_empty(&r->down) && !r->down_lost)
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
  if (r->app_out.fd != -1 && poll(&p, 1, 0) > 0 && p.revents & (POLLERR | POLLHUP)) relay_lose_app(r);
}

/* A program that has ended closes both directions at once, and poll(2) shows it when the end of its output does. */
void relay_close_down(struct relay *r)
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

void relay_move_down(struct relay *r, int readable)
{
  drain_down(r);
  if (readable && relay_is_empty(&r->down) && !r->down_ended)
  {
    fill_down(r);
    drain_down(r);
  }
}
