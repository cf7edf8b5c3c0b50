/* The lines that events of the engine make in the log, the same for all daemons. Each has its entry in sallyport-log(5). */

#include <string.h>

#include "engine.h"
#include "via.h"
#include "wait_status.h"

enum { FULL = 60000 };  /* milliseconds: the client limit is mentioned once in so many */

static void put_count(struct text *t, struct server const *s, uint32_t count)
{
  text_string(t, " count ");
  text_number(t, count);
  text_string(t, "/");
  text_number(t, s->max_per_source);
}

/* Who sent the header by which a client is known. */
static void put_via(struct text *t, struct client const *client)
{
  if (!client->via) return;
  text_string(t, " via=");
  via_put(t, client->via);
}

static void put_source(struct text *t, struct server const *s, struct source const *source)
{
  source_put(t, source, s->prefix4, s->prefix6);
}

void report_starting(struct server *s)
{
  unsigned int i = 0;
  if (!log_wants(&s->log, LOG_EVENT)) return;
  for (; i < s->listener_count; i++)
  {
    struct text *t = log_begin(&s->log, "info");
    text_string(t, "starting");
    s->family->put_listener(t, &s->listeners[i]);
    log_end(&s->log);
  }
  if (s->listener_count) report_status(s);
}

void report_status(struct server *s)
{
  struct text *t = log_begin(&s->log, "info");
  text_string(t, "status: ");
  text_number(t, s->clients);
  text_string(t, "/");
  text_number(t, s->max_clients);
  log_end(&s->log);
}

void report_accepted(struct server *s, struct client const *client, pid_t pid, uint32_t count)
{
  struct text *t;
  if (!log_wants(&s->log, LOG_EVENT)) return;
  t = log_begin(&s->log, "info");
  text_string(t, s->family->accepted);
  text_string(t, " ");
  s->family->put_client(t, client);
  text_string(t, " pid ");
  text_number(t, (uint64_t)pid);
  put_count(t, s, count);
  put_via(t, client);
  log_end(&s->log);
  report_status(s);
}

void report_ended(struct server *s, struct ended const *ended, struct source const *source, uint32_t count)
{
  struct text *t;
  if (!log_wants(&s->log, LOG_EVENT)) return;
  t = log_begin(&s->log, "info");
  text_string(t, "end pid ");
  text_number(t, (uint64_t)ended->pid);
  text_string(t, " ");
  status_put(t, ended->status);
  put_count(t, s, count);
  text_string(t, " source=");
  put_source(t, s, source);
  text_string(t, " ms=");
  text_number(t, ended->lasted);
  log_end(&s->log);
  report_status(s);
}

static void put_refusal(struct text *t, struct server const *s, struct occurrence const *o)
{
  text_string(t, "refuse ");
  if (o->client) s->family->put_client(t, o->client);
  else put_source(t, s, o->source);
  if (o->count) put_count(t, s, o->count);
  text_string(t, " ");
  text_string(t, o->why);
  if (o->client) put_via(t, o->client);
}

void report_refused(struct server *s, struct client const *client, struct refusal const *r)
{
  static struct repeat_kind const kind = { .level = "info", .others = "refuse other sources", .put = &put_refusal };
  struct occurrence o = { .kind = &kind, .reason = r->reason, .source = &client->source, .client = client, .count = r->count, .why = r->why };
  repeat_note(s, &o);
}

static void put_failure(struct text *t, struct server const *s, struct occurrence const *o)
{
  text_string(t, "unable to launch ");
  text_string(t, s->launcher.failed);
  text_string(t, ": ");
  text_string(t, strerror(o->error));
}

int report_failure(struct server *s, int e)
{
  static struct repeat_kind const kind = { .level = "warning", .put = &put_failure };
  struct occurrence o = { .kind = &kind, .error = e };
  return repeat_note(s, &o);
}

void report_portable(struct server *s)
{
  struct text *t;
  if (log_wants(&s->log, LOG_WARNING))
  {
    t = log_begin(&s->log, "warning");
    text_string(t, "unable to launch the quick way: ");
    text_string(t, strerror(s->launcher.refused));
    text_string(t, ": launching the portable way from now on");
    log_end(&s->log);
  }
  s->launcher.refused = 0;
}

static void put_unidentified(struct text *t, struct server const *s, struct occurrence const *o)
{
  (void)s;
  text_string(t, "unable to identify a client: ");
  text_string(t, strerror(o->error));
}

void report_unidentified(struct server *s, int e)
{
  static struct repeat_kind const kind = { .level = "warning", .put = &put_unidentified };
  struct occurrence o = { .kind = &kind, .error = e };
  repeat_note(s, &o);
}

void report_full(struct server *s)
{
  uint64_t now;
  struct text *t;
  if (!log_wants(&s->log, LOG_WARNING)) return;
  now = clock_millis();
  if (s->full_logged && now < s->full_logged + FULL) return;
  s->full_logged = now;
  t = log_begin(&s->log, "warning");
  text_string(t, "the client limit ");
  text_number(t, s->max_clients);
  text_string(t, s->refuses_when_full ? " is reached: further clients are refused" : " is reached: further clients wait in the backlog");
  log_end(&s->log);
}
