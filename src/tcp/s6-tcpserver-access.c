/* Judges one TCP client by its address and its name, then becomes the next program. */

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "chain.h"
#include "die.h"
#include "fds.h"
#include "tcp_access.h"
#include "tcp_opts.h"

static void set_no_delay(struct access const *a)
{
  int on = 1;
  if (!a->settings.no_delay || setsockopt(1, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0) return;
  if (a->settings.verbosity) strerr_warnwusys("set TCP_NODELAY on the connection");
}

static void refuse_by_rule(struct access const *a, struct rules const *rules)
{
  access_refuse(a, EXIT_REFUSED, "rule=", rules->key.length ? rules->key.s : "none");
}

/* Returns true if the client may come in, false if that depends on its name. */
static int judge_address(struct access const *a, struct rules *rules, struct rule *rule)
{
  switch (rules_check_address(rules, rule, &a->remote))
  {
    case RULE_ALLOW : return 1;
    case RULE_ERROR : die_rules(rules);
    case RULE_NONE : if (a->settings.names) return 0;  /* fall through */
    default : refuse_by_rule(a, rules);
  }
  return 0;
}

static void judge_name(struct access const *a, struct rules *rules, struct rule *rule)
{
  enum ruling ruling = RULE_NONE;
  if (a->remote_name[0]) ruling = rules_check_name(rules, rule, a->remote_name, strlen(a->remote_name));
  if (ruling == RULE_ERROR) die_rules(rules);
  if (ruling != RULE_ALLOW) refuse_by_rule(a, rules);
}

/* After TLS, as the variables tell. Where no rule is about its certificate, the rule that let it in stays, and is looked up again. */
static void judge_certificate(struct access const *a, struct rules *rules, struct rule *rule)
{
  struct certificate_facts c = {
    .verified = getenv("SSL_CLIENT_VERIFY"), .hash = getenv("SSL_PEER_CERT_HASH"),
    .alternatives = getenv("SSL_PEER_CERT_SAN"), .common_name = getenv("SSL_PEER_CERT_CN") };
  if (!getenv("SSL_PROTOCOL")) return;
  switch (rules_check_certificate(rules, rule, &c))
  {
    case RULE_ALLOW : return;
    case RULE_ERROR : die_rules(rules);
    case RULE_NONE : if (!judge_address(a, rules, rule)) judge_name(a, rules, rule); return;
    default : refuse_by_rule(a, rules);
  }
}

int main(int argc, char const *const *argv)
{
  struct opts given;
  struct access access;
  static struct rules rules;
  struct rule rule = { 0, 0, 0, 0 };
  int judges, admitted;
  (void)argc;

  argv = opts_parse(&given, &tcp_opts, TCP_ACCESS, argv);
  require_program(argv);
  access_configure(&access, &given);
  access_read_ends(&access);
  if (fds_ensure_standard() == -1) die_system("open the standard descriptors");

  set_no_delay(&access);
  access_greet(&access);
  judges = rules_open_or_die(&rules, &given, RULES_ONCE);
  admitted = !judges || judge_address(&access, &rules, &rule);
  access_find_names(&access);
  if (!admitted) judge_name(&access, &rules, &rule);
  if (judges) judge_certificate(&access, &rules, &rule);
  access_find_user(&access);
  access_say_allowed(&access);
  access_set_environment(&access);
  become_by_rule(&rule, argv);
}
