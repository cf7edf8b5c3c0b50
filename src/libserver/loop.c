/* The loop: wait, obey signals, keep appointments, let the parts look at their descriptors, accept. */

#include <errno.h>
#include <limits.h>
#include <time.h>

#include "engine.h"

/* The next appointment, or UINT64_MAX if there is none. */
static uint64_t next_appointment(struct server *s)
{
  uint64_t when = UINT64_MAX;
  parts_prepare(s, &when);
  clock_sooner(&when, hold_appointment(s));
  clock_sooner(&when, repeat_appointment(s));
  if (s->sweep.wanted) clock_sooner(&when, s->sweep.due / 1000 + 1);
  if (s->launcher.owing && launcher_settle(&s->launcher)) clock_sooner(&when, clock_millis() + 1);
  return when;
}

static int milliseconds_until(uint64_t when)
{
  uint64_t now;
  if (when == UINT64_MAX) return -1;
  now = clock_millis();
  if (when <= now) return 0;
  return when - now > INT_MAX ? INT_MAX : (int)(when - now);
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
  return FIRST_OF_PARTS;  /* nothing is known of the others */
}

static int is_short_of_polls(int e)
{
  return e == EAGAIN || e == ENOMEM || e == EINVAL;
}

/* At the limit, and during a hold or a pause, the listeners are not looked at: the kernel's queue keeps the
   next clients, and no event wakes us for them. Returns how many entries of the poll set are known. */
static unsigned int wait_for_events(struct server *s, uint64_t when)
{
  nfds_t n = s->first_listener + (server_wants_clients(s) ? s->listener_count : 0);
  int r;
  s->poll[1].fd = log_pending(&s->log) ? log_fd(&s->log) : -1;
  r = platform_watch_poll(s->watch, s->poll, n, milliseconds_until(when));
  if (r == -1 && is_short_of_polls(errno)) return wait_blindly(s, errno);
  if (r == -1 && errno != EINTR) server_die(s, "wait for events", errno);
  return r <= 0 ? 0 : (unsigned int)n;
}

static void keep_appointments(struct server *s)
{
  uint64_t now = clock_millis();
  if (hold_due(s, now)) server_retry(s);
  hold_end(s, now);
  repeat_sum_up(s, now);
  parts_tick(s, now);
}

static void iterate(struct server *s)
{
  uint64_t when = next_appointment(s);
  unsigned int n = wait_for_events(s, when);
  if (n && s->poll[0].revents) server_obey_signals(s);
  if (s->leaving) return;
  if (s->sweep.wanted) server_sweep(s);
  if (when != UINT64_MAX) keep_appointments(s);
  parts_attend(s, n > FIRST_OF_PARTS);
  server_accept(s, n);
  if (s->launcher.refused) report_portable(s);
  log_flush(&s->log);
}

int server_run(struct server *s)
{
  while (!s->leaving) iterate(s);
  repeat_sum_up(s, UINT64_MAX);
  if (log_wants(&s->log, LOG_EVENT)) log_words(&s->log, "info", "exiting");
  parts_at_exit(s);
  log_last(&s->log);
  return 0;
}
