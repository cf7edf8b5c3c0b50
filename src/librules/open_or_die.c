/* The ruleset that a command line names. */

#include <string.h>

#include "access.h"

int rules_open_or_die(struct rules *r, struct opts const *o, enum rules_use use)
{
  struct given const *last = opts_last(o, "rules-dir", "rules-cdb");
  int is_dir;
  if (!last) return 0;
  is_dir = !strcmp(last->opt->name, "rules-dir");
  if ((is_dir ? rules_open_dir : rules_open_cdb)(r, last->argument, use) == 0) return 1;
  die_rules(r);
}
