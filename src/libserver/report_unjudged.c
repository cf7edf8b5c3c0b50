/* What the log says of access rules that cannot be read: at once, then summed up once a second. */

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
