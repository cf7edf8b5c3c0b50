/* Every line that an event of the engine makes in the log, the same for all daemons. */

#include <string.h>
#include <sys/wait.h>

#include "server.h"

/* Milliseconds: repeated lines are summed up once in REPEAT, the client limit is mentioned once in FULL. */
enum { REPEAT = 1000, FULL = 60000 };

static void put_count(struct text *t, struct server const *s, uint32_t count)
{
  text_string(t, " count ");
  text_number(t, count);
  text_string(t, "/");
  text_number(t, s->max_per_source);
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
  text_number(t, s->children.count);
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
  log_end(&s->log);
  report_status(s);
}

void report_ended(struct server *s, pid_t pid, int status, uint32_t source, uint32_t count)
{
  struct text *t;
  if (!log_wants(&s->log, LOG_EVENT)) return;
  t = log_begin(&s->log, "info");
  text_string(t, "end pid ");
  text_number(t, (uint64_t)pid);
  text_string(t, WIFSIGNALED(status) ? " signal " : " exitcode ");
  text_number(t, (uint64_t)(WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status)));
  put_count(t, s, count);
  text_string(t, " source=");
  s->family->put_source(t, s, &s->sources.entries[source].source);
  log_end(&s->log);
  report_status(s);
}

static struct text *begin_refusal(struct server *s)
{
  struct text *t = log_begin(&s->log, "info");
  text_string(t, "refuse ");
  return t;
}

static struct refusal *noted(struct refusals *r, struct source const *source)
{
  unsigned int i = 0;
  for (; i < r->used; i++)
    if (!memcmp(r->sources[i].source.bytes, source->bytes, sizeof source->bytes)) return &r->sources[i];
  return 0;
}

/* True if this is the first of its source in this second, and there is room to say so at once. */
static int note(struct server *s, struct client const *client, uint32_t count)
{
  struct refusals *r = &s->refusals;
  struct refusal *known = noted(r, &client->source);
  if (!r->due) r->due = server_now() + REPEAT;
  if (known)
  {
    known->repeated++;
    known->count = count;
    return 0;
  }
  if (r->used == REFUSALS)
  {
    r->others++;
    return 0;
  }
  known = &r->sources[r->used++];
  known->source = client->source;
  known->count = count;
  known->repeated = 0;
  return 1;
}

void report_refused(struct server *s, struct client const *client, uint32_t count)
{
  struct text *t;
  if (!log_wants(&s->log, LOG_WARNING) || !note(s, client, count)) return;
  t = begin_refusal(s);
  s->family->put_client(t, client);
  put_count(t, s, count);
  log_end(&s->log);
}

void report_judged(struct server *s, struct client const *client)
{
  struct text *t;
  if (!log_wants(&s->log, LOG_WARNING) || !note(s, client, 0)) return;
  t = begin_refusal(s);
  s->family->put_client(t, client);
  text_string(t, " by the access rules");
  log_end(&s->log);
}

/* The sum of a second: which sources were refused how many more times. */
static void sum_up_refusals(struct server *s)
{
  struct refusals *r = &s->refusals;
  unsigned int i = 0;
  struct text *t;
  for (; i < r->used; i++)
  {
    struct refusal const *one = &r->sources[i];
    if (!one->repeated) continue;
    t = begin_refusal(s);
    s->family->put_source(t, s, &one->source);
    if (one->count) put_count(t, s, one->count);
    text_string(t, " repeated=");
    text_number(t, one->repeated);
    log_end(&s->log);
  }
  if (r->others)
  {
    t = log_begin(&s->log, "info");
    text_string(t, "refuse other sources repeated=");
    text_number(t, r->others);
    log_end(&s->log);
  }
  r->used = 0;
  r->others = 0;
  r->due = 0;
}

static void say_failure(struct server *s, int e, uint32_t repeated)
{
  struct text *t = log_begin(&s->log, "warning");
  text_string(t, "unable to launch ");
  text_string(t, s->launcher.failed);
  text_string(t, ": ");
  text_string(t, strerror(e));
  if (repeated)
  {
    text_string(t, " repeated=");
    text_number(t, repeated);
  }
  log_end(&s->log);
}

/* The program may only have moved: look for it again, once for each failure that is logged. */
void report_failure(struct server *s, int e)
{
  struct errors *f = &s->failures;
  if (f->due)
  {
    f->repeated++;
    f->error = e;
    return;
  }
  f->due = server_now() + REPEAT;
  launcher_search(&s->launcher);
  if (log_wants(&s->log, LOG_WARNING)) say_failure(s, e, 0);
}

static void sum_up_failures(struct server *s)
{
  struct errors *f = &s->failures;
  if (f->repeated && log_wants(&s->log, LOG_WARNING)) say_failure(s, f->error, f->repeated);
  if (f->repeated) launcher_search(&s->launcher);
  f->repeated = 0;
  f->due = 0;
}

void report_full(struct server *s)
{
  uint64_t now;
  struct text *t;
  if (!log_wants(&s->log, LOG_WARNING)) return;
  now = server_now();
  if (s->full_said && now < s->full_said + FULL) return;
  s->full_said = now;
  t = log_begin(&s->log, "warning");
  text_string(t, "the client limit ");
  text_number(t, s->max_clients);
  text_string(t, " is reached: further clients wait in the backlog");
  log_end(&s->log);
}

void report_tick(struct server *s, uint64_t now)
{
  if (s->refusals.due && now >= s->refusals.due) sum_up_refusals(s);
  if (s->failures.due && now >= s->failures.due) sum_up_failures(s);
  if (s->unjudged.due && now >= s->unjudged.due) report_unjudged_sum(s);
  if (s->unidentified.due && now >= s->unidentified.due) report_unidentified_sum(s);
}

void report_last(struct server *s)
{
  if (s->refusals.due) sum_up_refusals(s);
  if (s->failures.due) sum_up_failures(s);
  if (s->unjudged.due) report_unjudged_sum(s);
  if (s->unidentified.due) report_unidentified_sum(s);
  if (log_wants(&s->log, LOG_EVENT)) log_words(&s->log, "info", "exiting");
}
