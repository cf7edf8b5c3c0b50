/* One direction of a bridge: see flow.h. The buffer is filled only when it is empty, so that messages
   stay whole from one datagram socket to another. */

#include <errno.h>

#include <skalibs/types.h>

#include "die.h"
#include "flow.h"

void flow_gather(struct flow const *f, struct pollfd *p)
{
  int has_data = flow_has_data(f);
  p[0].fd = has_data ? -1 : f->in.fd;
  p[0].events = POLLIN;
  p[0].revents = 0;
  /* An output with nothing to write is watched for its death. A datagram socket does not die. */
  p[1].fd = has_data || !f->out.messages ? f->out.fd : -1;
  p[1].events = has_data ? POLLOUT : 0;
  p[1].revents = 0;
}

static void warn(struct flow *f, char const *what, int number)
{
  char digits[INT_FMT];
  digits[int_fmt(digits, number)] = 0;
  f->broken = 1;
  strerr_warnwusys(what, digits);
}

/* The rest has no reader: so the sender need not go on. */
static void end_output(struct flow *f)
{
  f->begin = f->end = 0;
  nowait_close(&f->out);
  nowait_close(&f->in);
}

/* The end of the input is passed on as soon as everything before it has been. */
static void pass_end(struct flow *f)
{
  if (f->in.fd == -1 && !flow_has_data(f)) nowait_close(&f->out);
}

static void fill(struct flow *f)
{
  ssize_t r = nowait_read(&f->in, f->buffer, sizeof f->buffer);
  if (r > 0)
  {
    f->begin = 0;
    f->end = (size_t)r;
    if (f->in.messages) f->piece = 0;
    return;
  }
  if (r == -1 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
  if (r == -1) warn(f, "read from fd ", f->in_number);
  nowait_close(&f->in);
}

static size_t next_piece(struct flow const *f)
{
  size_t left = f->end - f->begin;
  return f->piece && f->piece < left ? f->piece : left;
}

/* A socket of messages refuses one that is too long as a whole. How much it takes depends on its protocol, its buffers
   and the way to the other side, so it is found by halving. A message of the input stays whole if it can. */
static void drain(struct flow *f)
{
  while (flow_has_data(f))
  {
    size_t length = next_piece(f);
    ssize_t w = nowait_write(&f->out, f->buffer + f->begin, length);
    if (w >= 0)
    {
      f->begin += (size_t)w;
      continue;
    }
    if (errno == EMSGSIZE && length > 1)
    {
      f->piece = length / 2;
      continue;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK) return;
    warn(f, "write to fd ", f->out_number);
    end_output(f);
    return;
  }
}

void flow_go(struct flow *f, struct pollfd const *p)
{
  if (p[1].revents && !flow_has_data(f)) end_output(f);
  if (p[0].revents && f->in.fd != -1) fill(f);
  if (f->out.fd != -1) drain(f);
  pass_end(f);
}

void flow_stop(struct flow *f)
{
  if (f->in.fd != -1 && !flow_has_data(f)) fill(f);
  nowait_close(&f->in);
  pass_end(f);
}
