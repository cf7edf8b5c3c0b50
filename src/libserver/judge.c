/* Access rules inside a daemon: see server_rules.h. */

#include <errno.h>
#include <string.h>

#include "server_rules.h"

/* One stat(2) for each client. A fault in a new file is reported once: librules sees to that. */
static void refresh(struct server_rules *j)
{
  struct log *log = &j->server->log;
  struct text *t;
  switch (rules_refresh(&j->rules))
  {
    case 1 :
      if (!log_wants(log, LOG_EVENT)) break;
      t = log_begin(log, "info");
      text_string(t, "new access rules in ");
      text_string(t, j->rules.path);
      log_end(log);
      break;
    case -1 :
      if (!log_wants(log, LOG_WARNING)) break;
      t = log_begin(log, "warning");
      report_rules_trouble(t, j->rules.path, j->rules.trouble.entry.s, j->rules.trouble.why);
      text_string(t, ": keeping the old ones");
      log_end(log);
      break;
  }
}

/* Whoever cannot be judged does not come in. */
static int unjudged(struct server_rules *j, char const *entry, char const *why)
{
  int e = errno;
  if (!is_shortage(e)) report_unjudged(j->server, j->rules.path, entry, why);
  errno = e;
  return -1;
}

static int admit(struct verdict *v, struct rule const *rule)
{
  v->environment = rule->env;
  v->environment_length = rule->env_length;
  v->exec = rule->exec;
  v->exec_length = rule->exec_length;
  return 1;
}

static enum ruling rule_for(struct server_rules *j, struct rule *rule, struct client const *client)
{
  if (j->by == JUDGED_BY_ADDRESS) return rules_check_address(&j->rules, rule, &client->remote);
  return rules_check_peer(&j->rules, rule, client->uid, client->gid, client->fd, &j->groups);
}

static int judge(void *rules, struct client const *client, struct verdict *v)
{
  struct server_rules *j = rules;
  struct rule rule;
  refresh(j);
  switch (rule_for(j, &rule, client))
  {
    case RULE_ALLOW : return admit(v, &rule);
    case RULE_ERROR : return unjudged(j, j->rules.trouble.entry.s, j->rules.trouble.why);
    default : return 0;
  }
}

void server_use_rules(struct server *s, struct server_rules *j, struct opts const *o, enum judged_by by)
{
  memset(j, 0, sizeof *j);
  if (!rules_open_or_die(&j->rules, o, RULES_KEPT)) return;
  j->server = s;
  j->by = by;
  s->judge = &judge;
  s->rules = j;
}
