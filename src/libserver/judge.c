/* Access rules inside a daemon: see server_rules.h. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "peer.h"
#include "server_rules.h"

/* The groups of the client, in j->groups. Returns how many, or -1 with errno. */
static ssize_t groups_of(struct server_rules *j, struct client const *client)
{
  for (;;)
  {
    gid_t *more;
    ssize_t n = peer_groups(client->fd, j->groups, j->room);
    if (n == -1 || (size_t)n <= j->room) return n;
    more = realloc(j->groups, (size_t)n * sizeof *more);
    if (!more) return -1;
    j->groups = more;
    j->room = (size_t)n;
  }
}

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

static enum ruling rule_for(struct server_rules *j, struct rule *rule, struct client const *client, size_t groups)
{
  if (j->by == JUDGED_BY_ADDRESS) return rules_check_address(&j->rules, rule, &client->remote);
  return rules_check_ids(&j->rules, rule, client->uid, client->gid, j->groups, groups);
}

static int judge(void *rules, struct client const *client, struct verdict *v)
{
  struct server_rules *j = rules;
  struct rule rule;
  ssize_t groups = j->by == JUDGED_BY_ADDRESS ? 0 : groups_of(j, client);
  if (groups == -1) return unjudged(j, "the groups of a client", strerror(errno));
  refresh(j);
  switch (rule_for(j, &rule, client, (size_t)groups))
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
