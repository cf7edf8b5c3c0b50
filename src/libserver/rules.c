/* The part that judges clients by access rules (-i, -x) before anything is launched. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "die.h"
#include "engine.h"
#include "parts.h"
#include "rules.h"

struct judge
{
  struct part part;
  struct rules rules;
  struct peer_groups groups;  /* of the latest client whose groups were asked for */
  char why[REPEAT_WHY_MAX];
};

/* "unable to read the access rules in PATH: ENTRY: WHY" */
static void put_fault(struct text *t, struct rules const *rules, char const *entry, char const *why)
{
  text_string(t, "unable to read the access rules in ");
  text_string(t, rules->path);
  text_string(t, ": ");
  text_string(t, entry);
  if (entry[0]) text_string(t, ": ");
  text_string(t, why);
}

/* One stat(2) for each client. A fault in a new file is reported once: librules sees to that. */
static void refresh(struct server *s, struct judge *j)
{
  struct text *t;
  switch (rules_refresh(&j->rules))
  {
    case 1 :
      if (!log_wants(&s->log, LOG_EVENT)) break;
      t = log_begin(&s->log, "info");
      text_string(t, "new access rules in ");
      text_string(t, j->rules.path);
      log_end(&s->log);
      break;
    case -1 :
      if (!log_wants(&s->log, LOG_WARNING)) break;
      t = log_begin(&s->log, "warning");
      put_fault(t, &j->rules, j->rules.fault.entry.s, j->rules.fault.why);
      text_string(t, ": keeping the old ones");
      log_end(&s->log);
      break;
  }
}

static void put_unjudged(struct text *t, struct server const *s, struct occurrence const *o)
{
  (void)s;
  text_string(t, o->why);
}

/* A client that cannot be judged does not come in. */
static int unjudged(struct server *s, struct judge *j, char const *entry, char const *why)
{
  static struct repeat_kind const kind = { .level = "warning", .put = &put_unjudged };
  char space[REPEAT_WHY_MAX];
  struct text words = TEXT_IN(space);
  struct occurrence o = { .kind = &kind, .why = space };
  int e = errno;
  if (!is_shortage(e))
  {
    put_fault(&words, &j->rules, entry, why);
    text_end(&words);
    repeat_note(s, &o);
  }
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

static enum ruling rule_for(struct server *s, struct judge *j, struct rule *rule, struct client const *client)
{
  if (s->family->judged_by == JUDGED_BY_ADDRESS || client->via) return rules_check_address(&j->rules, rule, &client->remote);
  return rules_check_peer(&j->rules, rule, client->uid, client->gid, client->fd, &j->groups);
}

static int refuse(struct judge *j, struct refusal *r)
{
  struct text t = TEXT_IN(j->why);
  text_string(&t, "rule=");
  text_string(&t, j->rules.key.length ? j->rules.key.s : "none");
  r->why = text_end(&t);
  return 0;
}

/* ---- certificates ---- */

static char const *fact(char const *facts, char const *name)
{
  size_t n = strlen(name);
  for (; *facts; facts += strlen(facts) + 1)
    if (!strncmp(facts, name, n) && facts[n] == '=') return facts + n + 1;
  return 0;
}

static enum ruling rule_for_certificate(struct judge *j, struct rule *rule, char const *facts)
{
  struct certificate_facts c = {
    .verified = fact(facts, "SSL_CLIENT_VERIFY"), .hash = fact(facts, "SSL_PEER_CERT_HASH"),
    .alternatives = fact(facts, "SSL_PEER_CERT_SAN"), .common_name = fact(facts, "SSL_PEER_CERT_CN") };
  return rules_check_certificate(&j->rules, rule, &c);
}

/* A rule about the certificate takes the place of the one about the address. Where there is none, that is looked up again: its texts
   are gone. */
static enum ruling rule_after_tls(struct server *s, struct judge *j, struct rule *rule, struct client const *client)
{
  enum ruling ruling = rule_for_certificate(j, rule, client->facts);
  return ruling == RULE_NONE ? rule_for(s, j, rule, client) : ruling;
}

static enum ruling rule_in_all(struct server *s, struct judge *j, struct rule *rule, struct client const *client)
{
  enum ruling ruling = rule_for(s, j, rule, client);
  return ruling == RULE_ALLOW && client->facts ? rule_after_tls(s, j, rule, client) : ruling;
}

static int judge(struct server *s, void *data, struct client const *client, struct verdict *v, struct refusal *r)
{
  struct judge *j = data;
  struct rule rule;
  refresh(s, j);
  switch (rule_in_all(s, j, &rule, client))
  {
    case RULE_ALLOW : return admit(v, &rule);
    case RULE_ERROR : return unjudged(s, j, j->rules.fault.entry.s, j->rules.fault.why);
    default : return refuse(j, r);
  }
}

/* The new program would end where it cannot read them, while this one goes on with what it has. */
static char const *save(struct server *s, void *data, struct state *st)
{
  struct rules *trial = malloc(sizeof *trial);
  int r;
  (void)data;
  (void)st;
  if (!trial) return "out of memory";
  r = rules_open_given(trial, s->opts, RULES_KEPT);
  if (r == 1) rules_close(trial);
  free(trial);
  return r == -1 ? "the access rules cannot be read now" : 0;
}

void part_rules(struct server *s)
{
  struct judge *j;
  if (!opts_offers(s->opts, "rules-dir") || !(opts_has(s->opts, "rules-dir") || opts_has(s->opts, "rules-cdb"))) return;
  j = calloc(1, sizeof *j);
  if (!j) die_system("allocate memory");
  rules_open_or_die(&j->rules, s->opts, RULES_KEPT);
  j->part.name = "rules";
  j->part.data = j;
  j->part.judge = &judge;
  j->part.save = &save;
  server_add_part(s, &j->part);
}
