/* Looks an account up and puts its ids into the environment, for a program that drops privileges later. */

#include <stdlib.h>
#include <string.h>

#include "account.h"
#include "chain.h"
#include "die.h"
#include "identity_opts.h"
#include "number.h"

/* What is exported for an unknown account instead of failing (-D). Missing fields are 0 and the empty list. */
struct defaults
{
  int given;
  uid_t uid;
  gid_t gid;
  char const *groups;
};

static uint64_t field(char **word, char const *whole)
{
  uint64_t id = 0;
  size_t length = strcspn(*word, ":");
  char *next = *word + length + !!(*word)[length];
  (*word)[length] = 0;
  if (**word && number_parse(*word, 10, ID_MAX, &id) == -1) die_usage("--default must be uid:gid:gidlist, not '", whole, "'");
  *word = next;
  return id;
}

static void read_defaults(struct defaults *d, struct opts const *o)
{
  char const *word = opts_value(o, "default", 0);
  char *rest;
  /* Of -i and -D the last one counts. */
  if (!opts_switch(o, "default", "insist", 0)) return;
  rest = strdup(word);
  if (!rest) die_system("allocate memory");
  d->given = 1;
  d->uid = (uid_t)field(&rest, word);
  d->gid = (gid_t)field(&rest, word);
  d->groups = rest;
  if (!kind_ids.accepts(rest)) die_usage("--default must be uid:gid:gidlist, not '", word, "'");
}

static void die_unknown(char const *what, char const *name)
{
  strerr_dief(1, "unknown ", what, ": ", name);
}

static void export_uid(char const *name, struct defaults const *d, int numeric)
{
  uid_t uid = d->uid;
  if (!uid_of_name(&uid, name, numeric) && !d->given) die_unknown("user", name);
  chain_env_number("UID", uid);
}

static void export_gid(char const *name, struct defaults const *d, int numeric)
{
  gid_t gid = d->gid;
  if (!gid_of_name(&gid, name, numeric) && !d->given) die_unknown("group", name);
  chain_env_number("GID", gid);
}

/* A half that is not given needs a default: there is no id that it could mean. */
static void export_both(char const *word, struct defaults const *d, int numeric)
{
  struct pair p = account_pair(word, d->given);
  export_uid(p.user, d, numeric);
  export_gid(p.group, d, numeric);
}

static void export_user(char const *name, struct defaults const *d, int numeric)
{
  struct account a = { d->uid, d->gid, 0, 0 };
  char const *groups = d->groups;
  if (account_of_user(&a, name, numeric)) groups = account_group_list(&a);
  else if (d->given) a.uid = d->uid, a.gid = d->gid;
  else die_unknown("user", name);
  chain_env_number("UID", a.uid);
  chain_env_number("GID", a.gid);
  chain_env("GIDLIST", groups);
}

int main(int argc, char const *const *argv)
{
  struct opts given;
  struct defaults defaults = { 0, 0, 0, "" };
  int numeric;
  (void)argc;

  argv = opts_parse(&given, &identity_opts, IDENTITY_ENV, argv);
  require_program(argv + 1);
  read_defaults(&defaults, &given);
  numeric = opts_has(&given, "numeric");

  switch (opts_last_letter(&given, "ugB"))
  {
    case 'u' : export_uid(argv[0], &defaults, numeric); break;
    case 'g' : export_gid(argv[0], &defaults, numeric); break;
    case 'B' : export_both(argv[0], &defaults, numeric); break;
    default :
      if (numeric && strchr(argv[0], ':')) export_both(argv[0], &defaults, 1);
      else export_user(argv[0], &defaults, numeric);
  }
  chain_become(argv + 1);
}
