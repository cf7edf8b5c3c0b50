/* Short connections of the load generator: connect, say something if told to, read until end of file, again. */

#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "load.h"
#include "secure.h"

#define EVENTS 64

struct client
{
  int fd;               /* -1: none at the moment */
  struct secure *secure; /* its TLS, or 0 */
  unsigned int received;
  uint64_t begun;
};

struct run
{
  struct load *load;
  struct result *result;
  struct client *clients;
  unsigned int at_a_time;
  unsigned int active;
  unsigned long count;
  uint64_t end;         /* no connection begins after this; 0: no such time */
  unsigned long begun;
  int idle;             /* some client could not begin because a Unix-domain backlog was full */
};

int load_connect(struct load *load)
{
  unsigned int source = 0;
  if (load->sources) source = 1 + load->turn++ % load->sources;
  return address_connect(&load->to, source);
}

static int may_begin(struct run const *run, uint64_t now)
{
  struct result const *r = run->result;
  if (run->count && run->begun >= run->count) return 0;
  if (run->end && now >= run->end) return 0;
  /* A server that is gone must not keep us spinning. */
  return r->refused + r->errors + r->shorts < 1000;
}

static void count_failure(struct run *run, int e)
{
  if (e == ECONNREFUSED || e == ENOENT) run->result->refused++;
  else run->result->errors++;
}

/* Over loopback a TCP connection is made by the time connect() is back, although that says EINPROGRESS. */
static int say(struct load const *load, struct client *c, int fd)
{
  if (!load->tls) return load->say && send(fd, load->say, strlen(load->say), MSG_NOSIGNAL) < 0 ? -1 : 0;
  c->secure = secure_new(fd);
  return c->secure ? secure_go_on(c->secure, load->say, &c->received) : -1;
}

static int begin(struct run *run, struct client *c, uint64_t now)
{
  struct load *load = run->load;
  struct epoll_event event = { .events = EPOLLIN, .data = { .u32 = (uint32_t)(c - run->clients) } };
  int fd = load_connect(load);
  if (fd < 0)
  {
    if (errno == EAGAIN) run->idle = 1;
    else
    {
      run->begun++;
      count_failure(run, errno);
    }
    return -1;
  }
  run->begun++;
  if (epoll_ctl(load->poll, EPOLL_CTL_ADD, fd, &event) < 0) goto failed;
  c->received = 0;
  if (say(load, c, fd) < 0) goto failed;
  c->fd = fd;
  c->begun = now;
  run->active++;
  return 0;

failed:
  count_failure(run, errno);
  secure_free(c->secure);
  c->secure = 0;
  close(fd);
  return -1;
}

static void end(struct run *run, struct client *c)
{
  secure_free(c->secure);
  c->secure = 0;
  close(c->fd);
  c->fd = -1;
  run->active--;
}

static void fill(struct run *run, uint64_t now)
{
  unsigned int i;
  run->idle = 0;
  for (i = 0; i < run->at_a_time && may_begin(run, now); i++)
  {
    if (run->clients[i].fd < 0) begin(run, &run->clients[i], now);
  }
}

/* 1: more is to come, 0: that was all, -1: it failed. */
static int receive(struct run *run, struct client *c)
{
  char buffer[4096];
  ssize_t n;
  if (c->secure) return secure_go_on(c->secure, run->load->say, &c->received);
  n = read(c->fd, buffer, sizeof buffer);
  if (n > 0) c->received += (unsigned int)n;
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return 1;
  return n < 0 ? -1 : n > 0;
}

/* Returns 1 when the connection is over. */
static int read_some(struct run *run, struct client *c, uint64_t *now)
{
  struct result *r = run->result;
  int more = receive(run, c);
  if (more > 0) return 0;
  *now = now_ns();
  if (more < 0) count_failure(run, errno);
  else if (c->received < run->load->expect) r->shorts++;
  else if (samples_add(&r->latency, *now - c->begun) < 0) r->errors++;
  else
  {
    r->connections++;
    r->resumed += c->secure && secure_resumed(c->secure);
  }
  return 1;
}

static void give_up_stuck(struct run *run, uint64_t now)
{
  unsigned int i;
  for (i = 0; i < run->at_a_time; i++)
  {
    struct client *c = &run->clients[i];
    if (c->fd < 0 || now - c->begun < STUCK_NS) continue;
    run->result->errors++;
    end(run, c);
  }
}

static int serve_events(struct run *run)
{
  struct epoll_event events[EVENTS];
  uint64_t now = 0;
  int i;
  int n = epoll_wait(run->load->poll, events, EVENTS, run->idle ? 1 : 1000);
  if (n < 0) return errno == EINTR ? 0 : -1;
  for (i = 0; i < n; i++)
  {
    struct client *c = &run->clients[events[i].data.u32];
    if (c->fd < 0 || !read_some(run, c, &now)) continue;
    end(run, c);
    if (may_begin(run, now)) begin(run, c, now);
  }
  if (!n)
  {
    now = now_ns();
    give_up_stuck(run, now);
  }
  /* Only when one could not begin or ended badly is there a child to look for. */
  if (run->active < run->at_a_time) fill(run, now ? now : now_ns());
  return 0;
}

int load_run(struct load *load, struct result *result, unsigned int at_a_time, unsigned long count, uint64_t ns)
{
  struct run run = { .load = load, .result = result, .at_a_time = at_a_time, .count = count };
  uint64_t start = now_ns();
  unsigned int i;
  int r = 0;
  run.clients = calloc(at_a_time, sizeof *run.clients);
  if (!run.clients) return -1;
  for (i = 0; i < at_a_time; i++) run.clients[i].fd = -1;
  if (ns) run.end = start + ns;
  fill(&run, start);
  while (!r && (run.active || may_begin(&run, now_ns()))) r = serve_events(&run);
  result->elapsed_ns = now_ns() - start;
  samples_sort(&result->latency);
  free(run.clients);
  return r;
}
