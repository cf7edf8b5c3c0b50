/* Patience in a shortage: the client at hand is kept, and accepting stops. serve.c tries again when a child has ended and
   on a timer. The log gets one line when it starts and one when it is over. */

#include <string.h>

#include "engine.h"

/* Milliseconds. An episode is over when none of it was seen for EPISODE_END. */
enum { FIRST_DELAY = 10, LONGEST_DELAY = 1000, EPISODE_END = 1000 };

static void report_begin(struct server *s, char const *what, int e)
{
  struct text *t;
  if (!log_wants(&s->log, LOG_WARNING)) return;
  t = log_begin(&s->log, "warning");
  text_string(t, "unable to ");
  text_string(t, what);
  text_string(t, ": ");
  text_string(t, strerror(e));
  text_string(t, ": holding clients until it passes");
  log_end(&s->log);
}

static void report_end(struct server *s)
{
  struct text *t;
  if (!log_wants(&s->log, LOG_WARNING)) return;
  t = log_begin(&s->log, "warning");
  text_string(t, "no longer holding clients after ");
  text_number(t, s->hold.last - s->hold.began);
  text_string(t, " ms");
  log_end(&s->log);
}

void hold_begin(struct server *s, struct client const *client, char const *what, int e)
{
  struct hold *h = &s->hold;
  uint64_t now = clock_millis();
  if (!h->episode)
  {
    h->episode = 1;
    h->began = now;
    h->delay = FIRST_DELAY;
    report_begin(s, what, e);
  }
  if (!h->paused) h->retry_at = now + h->delay;
  h->paused = 1;
  h->last = now;
  h->error = e;
  if (client) h->client = *client;
}

void hold_ease(struct server *s)
{
  s->hold.delay = FIRST_DELAY;
}

/* Without a client nothing has been tried yet: the delay stays, accepting eases it; and the shortage has lasted
   until now, or it would look as if it was over whenever the longest delay is. */
int hold_release(struct server *s, struct client *client)
{
  struct hold *h = &s->hold;
  if (!h->paused) return 0;
  *client = h->client;
  h->paused = 0;
  h->client.fd = -1;
  if (client->fd == -1) h->last = clock_millis();
  return client->fd != -1;
}

int hold_due(struct server *s, uint64_t now)
{
  struct hold *h = &s->hold;
  if (!h->paused || now < h->retry_at) return 0;
  h->delay = h->delay * 2 <= LONGEST_DELAY ? h->delay * 2 : LONGEST_DELAY;
  return 1;
}

static uint64_t over_at(struct hold const *h)
{
  return h->last + EPISODE_END;
}

void hold_end(struct server *s, uint64_t now)
{
  struct hold *h = &s->hold;
  if (h->paused || !h->episode || now < over_at(h)) return;
  s->counters.held_millis += h->last - h->began;
  report_end(s);
  h->episode = 0;
}

uint64_t hold_appointment(struct server const *s)
{
  if (s->hold.paused) return s->hold.retry_at;
  return s->hold.episode ? over_at(&s->hold) : 0;
}
