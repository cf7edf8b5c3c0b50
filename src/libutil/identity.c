/* Identities from words and from the environment: see identity.h. */

#include <errno.h>
#include <stdlib.h>

#include "die.h"
#include "identity.h"
#include "number.h"
#include "opts.h"

static uint64_t id_of(char const *word)
{
  uint64_t id = 0;
  if (number_parse(word, 10, ID_MAX, &id) == -1) die_bug("unchecked id");
  return id;
}

void identity_uid(struct identity *i, char const *word)
{
  i->uid = (uid_t)id_of(word);
  i->has_uid = 1;
}

void identity_gid(struct identity *i, char const *word)
{
  i->gid = (gid_t)id_of(word);
  i->has_gid = 1;
}

void identity_groups(struct identity *i, char const *word)
{
  free(i->groups);
  if (gidlist_parse(word, &i->groups, &i->group_count) == -1) die_system("allocate memory");
  i->has_groups = 1;
}

static char const *require_variable(char const *name, struct kind const *kind)
{
  char const *value = getenv(name);
  if (!value) strerr_dief(EXIT_USAGE, name, " not set: option -U needs it, and s6-envuidgid sets it");
  if (!kind->accepts(value)) strerr_dief(EXIT_USAGE, "invalid $", name, ": it must be ", kind->expects, ", not '", value, "'");
  return value;
}

void identity_from_environment(struct identity *i)
{
  identity_ids_from_environment(i);
  identity_groups(i, require_variable("GIDLIST", &kind_ids));
}

void identity_ids_from_environment(struct identity *i)
{
  identity_uid(i, require_variable("UID", &kind_id));
  identity_gid(i, require_variable("GID", &kind_id));
  if (getenv("GIDLIST")) identity_groups(i, require_variable("GIDLIST", &kind_ids));
}
