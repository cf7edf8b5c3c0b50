/* Patience in a shortage: the client at hand is kept, accepting stops, and the launch is tried again when
   a child ends and on a timer. The log gets one line when it starts and one when it is over. */

#include <errno.h>
#include <string.h>

#include "server.h"

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
  uint64_t now = server_now();
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
  if (client) h->client = *client;
}

uint64_t hold_over_at(struct server const *s)
{
  return s->hold.last + EPISODE_END;
}

/* What was short is there again: the next shortage begins with the shortest delay. */
void hold_eased(struct server *s)
{
  s->hold.delay = FIRST_DELAY;
}

/* Also called, before its time, when a child has ended and may have made room. With no client at hand nothing
   has been tried yet: the delay stays, accepting eases it; and the shortage has lasted until now, or it would
   look as if it was over whenever the longest delay is. */
void hold_retry(struct server *s)
{
  struct hold *h = &s->hold;
  struct client client = h->client;
  h->paused = 0;
  h->client.fd = -1;
  if (client.fd == -1)
  {
    h->last = server_now();
    return;
  }
  server_serve(s, &client);
  if (!h->paused) hold_eased(s);
}

void hold_tick(struct server *s, uint64_t now)
{
  struct hold *h = &s->hold;
  if (h->paused && now >= h->retry_at)
  {
    if (h->delay * 2 <= LONGEST_DELAY) h->delay *= 2;
    else h->delay = LONGEST_DELAY;
    hold_retry(s);
  }
  if (h->paused || !h->episode || now < hold_over_at(s)) return;
  report_end(s);
  h->episode = 0;
}
