/* The counters as text: see status_text.h. */

#include <string.h>
#include <time.h>

#include <skalibs/strerr.h>

#include "config.h"
#include "engine.h"
#include "pending.h"
#include "status_text.h"

enum { TOP = 10 };  /* sources that are named */

/* ---- one line ---- */

static void head(struct text *t, char const *name, char const *type, char const *help)
{
  text_string(t, "# HELP sallyport_");
  text_string(t, name);
  text_string(t, " ");
  text_string(t, help);
  text_string(t, "\n# TYPE sallyport_");
  text_string(t, name);
  text_string(t, " ");
  text_string(t, type);
  text_string(t, "\n");
}

static void begin(struct text *t, char const *name)
{
  text_string(t, "sallyport_");
  text_string(t, name);
}

static void label(struct text *t, char const *name, char const *value)
{
  text_string(t, "{");
  text_string(t, name);
  text_string(t, "=\"");
  text_string(t, value);
  text_string(t, "\"}");
}

static void end(struct text *t, uint64_t n)
{
  text_string(t, " ");
  text_number(t, n);
  text_string(t, "\n");
}

static void single(struct text *t, char const *name, char const *type, char const *help, uint64_t n)
{
  head(t, name, type, help);
  begin(t, name);
  end(t, n);
}

static void labelled(struct text *t, char const *name, char const *word, char const *value, uint64_t n)
{
  begin(t, name);
  label(t, word, value);
  end(t, n);
}

/* Milliseconds as seconds. */
static void put_seconds(struct text *t, uint64_t millis)
{
  uint64_t rest = millis % 1000;
  text_number(t, millis / 1000);
  if (!rest) return;
  text_string(t, rest < 10 ? ".00" : rest < 100 ? ".0" : ".");
  text_number(t, rest);
}

/* ---- groups of lines ---- */

static void put_info(struct text *t, time_t started)
{
  head(t, "info", "gauge", "What runs.");
  text_string(t, "sallyport_info{program=\"");
  text_string(t, PROG);
  text_string(t, "\",version=\"" SALLYPORT_VERSION "\"} 1\n");
  single(t, "start_time_seconds", "gauge", "Start, in seconds since 1970.", (uint64_t)started);
}

static void put_now(struct text *t, struct server const *s)
{
  single(t, "clients", "gauge", "Clients being served.", s->clients);
  single(t, "clients_limit", "gauge", "Most clients served at once.", s->max_clients);
  single(t, "source_clients_limit", "gauge", "Most clients of one source.", s->max_per_source);
  single(t, "sources", "gauge", "Sources being served.", s->sources.live);
  single(t, "pending", "gauge", "Clients accepted that have no program yet, or no longer.", pending_count(s));
  single(t, "draining", "gauge", "1 while no new clients are to come.", (uint64_t)!!s->draining);
  single(t, "holding", "gauge", "1 while a shortage holds clients.", (uint64_t)!!s->hold.paused);
}

static void put_backlog(struct text *t, struct server const *s)
{
  unsigned int i = 0;
  int any = 0, n;
  for (; i < s->listener_count && !s->closed; i++)
  {
    if (!address_is_ip(&s->listeners[i].local) || (n = platform_backlog(s->listeners[i].fd)) == -1) continue;
    if (!any++) head(t, "backlog", "gauge", "Clients that wait in the queue of a listener.");
    text_string(t, "sallyport_backlog{listener=\"");
    address_put(t, &s->listeners[i].local);
    text_string(t, "_");
    text_number(t, address_port(&s->listeners[i].local));
    text_string(t, "\"}");
    end(t, (uint64_t)n);
  }
}

static void put_refused(struct text *t, struct counters const *c)
{
  unsigned int i = 0;
  head(t, "refused_total", "counter", "Clients that were accepted and not served.");
  for (; i < REASONS; i++) labelled(t, "refused_total", "reason", reason_word((enum reason)i), c->refused[i]);
}

static void put_ended(struct text *t, struct counters const *c)
{
  head(t, "ended_total", "counter", "Programs that ended, by how.");
  labelled(t, "ended_total", "how", "ok", c->ended_ok);
  labelled(t, "ended_total", "how", "code", c->ended_code);
  labelled(t, "ended_total", "how", "signal", c->ended_signal);
  head(t, "told_to_end_total", "counter", "Programs that were asked to end because their session was too long.");
  labelled(t, "told_to_end_total", "why", "session", c->ended_by_limit);
}

static void put_counters(struct text *t, struct server const *s)
{
  struct counters const *c = &s->counters;
  single(t, "accepted_total", "counter", "Clients accepted, the refused ones included.", c->accepted);
  single(t, "launched_total", "counter", "Programs launched.", c->launched);
  put_refused(t, c);
  single(t, "only_reported_total", "counter", "Clients served because refusals are only reported.", c->only_reported);
  put_ended(t, c);
  single(t, "launch_failures_total", "counter", "Programs that could not be launched.", c->launch_failures);
  single(t, "untracked_total", "counter", "Times that a source did not fit into the table of rates.", c->untracked);
  head(t, "held_seconds_total", "counter", "How long shortages have held clients.");
  text_string(t, "sallyport_held_seconds_total ");
  put_seconds(t, c->held_millis);
  text_string(t, "\n");
  single(t, "log_lines_lost_total", "counter", "Lines that the reader of the log did not take.", s->log.lost_ever);
}

static void put_sessions(struct text *t, struct counters const *c)
{
  uint64_t n = 0;
  unsigned int i = 0;
  head(t, "session_seconds", "histogram", "How long sessions lasted.");
  for (; i < SESSION_BUCKETS; i++)
  {
    n += c->sessions[i];
    text_string(t, "sallyport_session_seconds_bucket{le=\"");
    if (i < SESSION_BUCKETS - 1) put_seconds(t, session_bucket_end(i));
    else text_string(t, "+Inf");
    text_string(t, "\"}");
    end(t, n);
  }
  text_string(t, "sallyport_session_seconds_sum ");
  put_seconds(t, c->session_millis);
  text_string(t, "\nsallyport_session_seconds_count");
  end(t, n);
}

/* The entries of the sources with most clients, largest first: insertion into a short list, one pass. */
static unsigned int find_top(struct sources const *s, struct source_entry const *top[TOP])
{
  unsigned int n = 0, at;
  size_t i = 0;
  for (; i < s->used; i++)
  {
    struct source_entry const *e = &s->entries[i];
    if (!e->count || (n == TOP && e->count <= top[n - 1]->count)) continue;
    if (n < TOP) n++;
    for (at = n - 1; at && top[at - 1]->count < e->count; at--) top[at] = top[at - 1];
    top[at] = e;
  }
  return n;
}

static void put_top(struct text *t, struct server const *s)
{
  struct source_entry const *top[TOP];
  unsigned int i = 0, n = find_top(&s->sources, top);
  if (n) head(t, "source_clients", "gauge", "Clients of the ten sources that have most.");
  for (; i < n; i++)
  {
    text_string(t, "sallyport_source_clients{source=\"");
    source_put(t, &top[i]->source, s->prefix4, s->prefix6);
    text_string(t, "\"}");
    end(t, top[i]->count);
  }
}

void status_text(struct text *t, struct server const *s, time_t started)
{
  put_info(t, started);
  put_now(t, s);
  put_counters(t, s);
  put_sessions(t, &s->counters);
  put_top(t, s);
  put_backlog(t, s);
}
