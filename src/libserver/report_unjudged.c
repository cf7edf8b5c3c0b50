/* What the log says of access rules that cannot be read, and of clients of whom the system does not say who
   they are: at once, then summed up once a second. */

#include <string.h>

#include "server.h"

enum { REPEAT = 1000 };  /* milliseconds */

/* "unable to read the access rules in PATH: ENTRY: WHY" */
void report_rules_trouble(struct text *t, char const *rules, char const *entry, char const *why)
{
  text_string(t, "unable to read the access rules in ");
  text_string(t, rules);
  text_string(t, ": ");
  text_string(t, entry);
  if (entry[0]) text_string(t, ": ");
  text_string(t, why);
}

void report_unjudged(struct server *s, char const *rules, char const *entry, char const *why)
{
  struct unjudged *u = &s->unjudged;
  struct text *t;
  if (!log_wants(&s->log, LOG_WARNING)) return;
  if (u->due)
  {
    u->repeated++;
    return;
  }
  u->due = server_now() + REPEAT;
  u->rules = rules;
  t = log_begin(&s->log, "warning");
  report_rules_trouble(t, rules, entry, why);
  log_end(&s->log);
}

void report_unjudged_sum(struct server *s)
{
  struct unjudged *u = &s->unjudged;
  if (u->repeated)
  {
    struct text *t = log_begin(&s->log, "warning");
    text_string(t, "unable to read the access rules in ");
    text_string(t, u->rules);
    text_string(t, " repeated=");
    text_number(t, u->repeated);
    log_end(&s->log);
  }
  u->repeated = 0;
  u->due = 0;
}

static void say_unidentified(struct server *s, int e, uint32_t repeated)
{
  struct text *t;
  if (!log_wants(&s->log, LOG_WARNING)) return;
  t = log_begin(&s->log, "warning");
  text_string(t, "unable to identify a client: ");
  text_string(t, strerror(e));
  if (repeated)
  {
    text_string(t, " repeated=");
    text_number(t, repeated);
  }
  log_end(&s->log);
}

void report_unidentified(struct server *s, int e)
{
  struct errors *u = &s->unidentified;
  if (u->due)
  {
    u->repeated++;
    u->error = e;
    return;
  }
  u->due = server_now() + REPEAT;
  say_unidentified(s, e, 0);
}

void report_unidentified_sum(struct server *s)
{
  struct errors *u = &s->unidentified;
  if (u->repeated) say_unidentified(s, u->error, u->repeated);
  u->repeated = 0;
  u->due = 0;
}
