/* Judges one Unix-domain client by who it is, then becomes the next program. */

#include <string.h>
#include <unistd.h>

#include "access.h"
#include "chain.h"
#include "client.h"
#include "die.h"
#include "fds.h"
#include "ipc_opts.h"
#include "local_address.h"
#include "number.h"

struct peer
{
  char const *proto;
  uid_t uid;
  gid_t gid;
};

static uint32_t require_id(char const *proto, char const *what)
{
  uint64_t id;
  if (number_parse(require_variable(proto, what), 10, ID_MAX, &id) == -1) die_variable(proto, what, "an id in numbers, from 0 to 4294967294");
  return (uint32_t)id;
}

static void read_peer(struct peer *p)
{
  p->proto = require_proto();
  p->uid = (uid_t)require_id(p->proto, "REMOTEEUID");
  p->gid = (gid_t)require_id(p->proto, "REMOTEEGID");
}

static void say(struct peer const *p, char const *verdict, char const *rule)
{
  char space[96];
  struct text t = TEXT_IN(space);
  text_string(&t, verdict);
  text_string(&t, " pid ");
  text_number(&t, (uint64_t)getpid());
  text_string(&t, " uid ");
  text_number(&t, p->uid);
  text_string(&t, " gid ");
  text_number(&t, p->gid);
  text_end(&t);
  strerr_warni(t.s, rule ? " rule=" : "", rule ? rule : "");
}

/* Returns only for those who may come in. */
static void judge(struct rules *rules, struct rule *rule, struct peer const *p, unsigned int verbosity)
{
  struct peer_groups groups = { 0, 0, 0 };
  switch (rules_check_peer(rules, rule, p->uid, p->gid, 0, &groups))
  {
    case RULE_ALLOW : return;
    case RULE_ERROR : die_rules(rules);
    default :
      if (verbosity) say(p, "refuse", rules->key.length ? rules->key.s : "none");
      _exit(EXIT_REFUSED);
  }
}

static void set_local_path(char const *proto, char const *name)
{
  struct address a;
  char space[LOCAL_TEXT_MAX];
  struct text path = TEXT_IN(space);
  memset(&a, 0, sizeof a);
  a.length = sizeof a.sa;
  if (!name)
  {
    if (getsockname(0, &a.sa.any, &a.length) == -1) die_system("get the local address of the connection");
    if (a.sa.any.sa_family == AF_UNIX) local_put(&path, &a);
    name = text_end(&path);
  }
  client_variable(proto, "LOCALPATH", name);
}

/* PROTO goes last: it is where the prefix of the others is kept. */
static void clear_environment(char const *proto)
{
  static char const *const names[] = { "REMOTEEUID", "REMOTEEGID", "REMOTEPID", "REMOTEPATH", "LOCALPATH", "CONNNUM", 0 };
  char const *const *name = names;
  for (; *name; name++) client_variable(proto, *name, 0);
  chain_env("PROTO", 0);
}

int main(int argc, char const *const *argv)
{
  struct opts given;
  static struct rules rules;
  struct rule rule = { 0, 0, 0, 0 };
  struct peer peer;
  unsigned int verbosity;
  (void)argc;

  argv = opts_parse(&given, &ipc_opts, IPC_ACCESS, argv);
  require_program(argv);
  verbosity = (unsigned int)opts_number(&given, "verbosity", 1);
  read_peer(&peer);
  if (!fd_is_open(0)) strerr_dief(EXIT_SYSTEM, "fd 0 is not open: it should be the connection");

  if (rules_open_or_die(&rules, &given, RULES_ONCE)) judge(&rules, &rule, &peer, verbosity);
  else if (verbosity >= 2) strerr_warnw("no access rules were given: every client is allowed");
  if (verbosity) say(&peer, "allow", 0);
  if (opts_switch(&given, "environment", "no-environment", 1)) set_local_path(peer.proto, opts_value(&given, "local-name", 0));
  else clear_environment(peer.proto);
  become_by_rule(&rule, argv);
}
