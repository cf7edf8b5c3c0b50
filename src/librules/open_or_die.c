/* The ruleset that a command line names. */

#include <string.h>

#include "access.h"

int rules_open_given(struct rules *r, struct opts const *o, enum rules_use use)
{
  struct given const *last = opts_last(o, "rules-dir", "rules-cdb");
  int is_dir;
  if (!last) return 0;
  is_dir = !strcmp(last->opt->name, "rules-dir");
  return (is_dir ? rules_open_dir : rules_open_cdb)(r, last->argument, use) == 0 ? 1 : -1;
}

int rules_open_or_die(struct rules *r, struct opts const *o, enum rules_use use)
{
  int opened = rules_open_given(r, o, use);
  if (opened == -1) die_rules(r);
  return opened;
}
