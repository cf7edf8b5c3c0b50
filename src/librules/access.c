/* The programs that judge one client: see access.h. */

#include <stdlib.h>
#include <string.h>

#include <execline/config.h>

#include "access.h"
#include "chain.h"
#include "die.h"

static char *name_of(struct text *t, char const *proto, char const *what)
{
  text_string(t, proto);
  text_string(t, what);
  return text_end(t);
}

static int is_word(char const *s)
{
  return strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") == strlen(s);
}

char const *require_proto(void)
{
  char const *proto = getenv("PROTO");
  if (!proto) strerr_dief(EXIT_USAGE, "PROTO not set: a server sets it for the programs that it launches");
  if (!proto[0] || strlen(proto) > PROTO_MAX || !is_word(proto))
    strerr_dief(EXIT_USAGE, "invalid $PROTO: it must be 1 to 16 letters, digits and underscores");
  return proto;
}

char const *require_variable(char const *proto, char const *what)
{
  char space[PROTO_MAX + 24];
  struct text name = TEXT_IN(space);
  char const *value = getenv(name_of(&name, proto, what));
  if (!value) strerr_dief(EXIT_USAGE, space, " not set");
  return value;
}

void die_variable(char const *proto, char const *what, char const *expected)
{
  strerr_dief(EXIT_USAGE, "invalid $", proto, what, ": it must be ", expected);
}

void die_rules(struct rules const *r)
{
  char const *entry = r->fault.entry.s;
  strerr_dief(EXIT_SYSTEM, "unable to read the access rules in ", r->path, ": ", entry, entry[0] ? ": " : "", r->fault.why);
}

/* The texts belong to the ruleset, which is there until execve. */
static void modify_environment(struct rule const *rule)
{
  char const *entry = rule->env;
  char const *end = rule->env + rule->env_length;
  for (; entry < end; entry += strlen(entry) + 1)
  {
    int r = strchr(entry, '=') ? putenv((char *)entry) : unsetenv(entry);
    if (r) die_system("set the environment variable ", entry);
  }
}

/* PATH is that of the rule already, as for any program that is run with this environment. */
void become_by_rule(struct rule const *rule, char const *const *argv)
{
  char const *script[] = { EXECLINE_EXTBINPREFIX "execlineb", "-Pc", rule->exec, 0 };
  if (rule->env_length) modify_environment(rule);
  chain_become(rule->exec ? script : argv);
}
