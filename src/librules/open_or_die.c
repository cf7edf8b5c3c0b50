/* The ruleset that a command line names. */

#include <string.h>
#include <sys/stat.h>

#include "access.h"

/* A directory for -x, or a file for -i: the other option was meant. */
static void suggest(struct rules *r, char const *path, int is_dir)
{
  struct stat st;
  if (r->fault.entry.length || stat(path, &st) == -1) return;
  if (is_dir && S_ISREG(st.st_mode)) r->fault.why = "it is a file: -x takes compiled rules";
  if (!is_dir && S_ISDIR(st.st_mode)) r->fault.why = "it is a directory: -i takes one";
}

int rules_open_given(struct rules *r, struct opts const *o, enum rules_use use)
{
  struct given const *last = opts_last(o, "rules-dir", "rules-cdb");
  int is_dir;
  if (!last) return 0;
  is_dir = !strcmp(last->opt->name, "rules-dir");
  if ((is_dir ? rules_open_dir : rules_open_cdb)(r, last->argument, use) == 0) return 1;
  suggest(r, last->argument, is_dir);
  return -1;
}

int rules_open_or_die(struct rules *r, struct opts const *o, enum rules_use use)
{
  int opened = rules_open_given(r, o, use);
  if (opened == -1) die_rules(r);
  return opened;
}
