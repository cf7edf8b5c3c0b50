/* The loop: wait, obey signals, keep appointments, accept. */

#include <errno.h>
#include <limits.h>
#include <time.h>

#include "server.h"

uint64_t server_now_micro(void)
{
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000 + 1000;
}

uint64_t server_now(void)
{
  return server_now_micro() / 1000;
}

static void sooner(uint64_t *when, uint64_t other)
{
  if (other && other < *when) *when = other;
}

/* Milliseconds until the next appointment, -1 if there is none. */
static int next_appointment(struct server *s)
{
  uint64_t when = UINT64_MAX, now;
  if (s->companion) s->companion->prepare(s->companion->data, s->poll + BEFORE_COMPANION, &when);
  if (s->hold.paused) sooner(&when, s->hold.retry_at);
  else if (s->hold.episode) sooner(&when, hold_over_at(s));
  sooner(&when, s->refusals.due);
  sooner(&when, s->failures.due);
  sooner(&when, s->unjudged.due);
  sooner(&when, s->unidentified.due);
  if (s->sweep.wanted) sooner(&when, s->sweep.due / 1000 + 1);
  if (when == UINT64_MAX) return -1;
  now = server_now();
  if (when <= now) return 0;
  return when - now > INT_MAX ? INT_MAX : (int)(when - now);
}

static int wants_clients(struct server const *s)
{
  return !s->hold.paused && !server_is_full(s);
}

enum { LONGEST_NAP = 100 };  /* milliseconds: signals are not looked at meanwhile */

/* poll(2) is short of memory, or a limit below the number of descriptors was imposed on us (EINVAL). It would
   fail again at once: sleep without it, then look for signals in any case. */
static unsigned int wait_blindly(struct server *s, int e)
{
  struct timespec nap = { 0, 0 };
  hold_begin(s, 0, "wait for events", e);
  nap.tv_nsec = 1000000L * (s->hold.delay < LONGEST_NAP ? s->hold.delay : LONGEST_NAP);
  nanosleep(&nap, 0);
  s->poll[0].revents = POLLIN;
  return BEFORE_COMPANION;  /* nothing is known of the others */
}

static int is_short_of_polls(int e)
{
  return e == EAGAIN || e == ENOMEM || e == EINVAL;
}

/* At the limit, and during a hold, the listeners are not looked at: the kernel's queue keeps the next
   clients, and no event wakes us for them. */
static unsigned int wait_for_events(struct server *s)
{
  nfds_t n = s->first_listener + (wants_clients(s) ? s->listener_count : 0);
  int r;
  s->poll[1].fd = log_pending(&s->log) ? 2 : -1;
  r = poll(s->poll, n, next_appointment(s));
  if (r == -1 && is_short_of_polls(errno)) return wait_blindly(s, errno);
  if (r == -1 && errno != EINTR) server_die(s, "wait for events", errno);
  return r <= 0 ? 0 : (unsigned int)n;
}

static void keep_appointments(struct server *s)
{
  uint64_t now;
  if (next_appointment(s) == -1) return;
  now = server_now();
  if (s->sweep.wanted) server_sweep(s);
  hold_tick(s, now);
  report_tick(s, now);
}

/* How many clients to take from a listener at once. A burst saves polls while clients queue up, and costs
   one accept that says EAGAIN when they do not: so it grows only while every wake-up finds clients, from
   the third on. */
static unsigned int burst_of(unsigned int streak)
{
  if (streak < 2) return 1;
  return streak < 7 ? 1u << (streak - 1) : ACCEPT_BURST;
}

static void accept_clients(struct server *s, unsigned int n)
{
  unsigned int i = s->first_listener, ready = 0;
  for (; i < n; i++)
  {
    if (!s->poll[i].revents || !wants_clients(s)) continue;
    server_accept(s, &s->listeners[i - s->first_listener], s->poll[i].revents & (POLLHUP | POLLERR | POLLNVAL));
    ready = 1;
  }
  s->streak = ready ? s->streak + (s->streak < 7) : 0;
  s->burst = burst_of(s->streak);
}

static void turn(struct server *s)
{
  unsigned int n = wait_for_events(s);
  if (n && s->poll[0].revents) server_obey_signals(s);
  if (s->leaving) return;
  keep_appointments(s);
  if (s->companion) s->companion->attend(s->companion->data, n > BEFORE_COMPANION ? s->poll + BEFORE_COMPANION : 0);
  accept_clients(s, n);
  log_flush(&s->log);
}

int server_run(struct server *s)
{
  while (!s->leaving) turn(s);
  report_last(s);
  log_last(&s->log);
  return 0;
}
