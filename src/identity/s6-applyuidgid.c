/* Sheds privileges, makes sure that they are gone, and becomes the next program. */

#include <unistd.h>

#include "chain.h"
#include "die.h"
#include "identity.h"
#include "identity_opts.h"

/* In the order of the command line: -U sets everything, and what follows it overrides. */
static void read_identity(struct identity *identity, struct opts const *o)
{
  size_t i = 0;
  for (; i < o->count; i++)
    switch (o->given[i].opt->letter)
    {
      case 'u' : identity_uid(identity, o->given[i].argument); break;
      case 'g' : identity_gid(identity, o->given[i].argument); break;
      case 'G' : identity_groups(identity, o->given[i].argument); break;
      case 'U' : identity_from_environment(identity); break;
    }
  identity->keep_groups = opts_has(o, "keep-groups");
}

static void clean_environment(void)
{
  chain_env("UID", 0);
  chain_env("GID", 0);
  chain_env("GIDLIST", 0);
}

int main(int argc, char const *const *argv)
{
  struct opts given;
  struct identity identity = IDENTITY_NONE;
  (void)argc;

  argv = opts_parse(&given, &identity_opts, IDENTITY_APPLY, argv);
  require_program(argv);
  read_identity(&identity, &given);

  identity_apply(&identity);
  if (identity.has_uid && identity.uid && !getgid())
    strerr_warnw("the user id changed, but the group is still 0: give -g too");
  if (opts_has(&given, "no-new-privs") && no_new_privs() == -1) die_system("forbid new privileges");
  if (opts_has(&given, "clean-env")) clean_environment();
  chain_become(argv);
}
