/* Numbers that are more than they can be: taken, and mentioned in a verbose program. */

#include "die.h"
#include "number.h"
#include "opts_internal.h"
#include "text.h"

static int is_verbose(struct opts const *o)
{
  struct opt const *table = o->family->opts;
  if (opts_lists(table, o->program->bit, "verbosity")) return opts_number(o, "verbosity", 0) > 1;
  return opts_lists(table, o->program->bit, "verbose") && opts_has(o, "verbose");
}

/* A wrapper leaves it to the program that acts on the option, if that one can print it. */
static int is_ours(struct opts const *o, struct opt const *opt)
{
  struct opt const *table = o->family->opts;
  if (opt->stage & o->program->bit) return 1;
  return !opts_lists(table, opt->stage, "verbosity") && !opts_lists(table, opt->stage, "verbose");
}

static void tell(struct given const *g)
{
  char space[24];
  struct text t = TEXT_IN(space);
  uint64_t n;
  if (g->opt->kind == &kind_socket_mode)
  {
    if (number_parse(g->argument, 8, 0777, &n) == -1) strerr_warni("--", g->opt->name, " ", g->argument, " counts without the bits beyond 0777");
    return;
  }
  if (number_parse(g->argument, 10, g->opt->kind->most, &n) == 0) return;
  text_number(&t, opts_argument(g));
  strerr_warni("--", g->opt->name, " ", g->argument, " counts as ", text_end(&t), ", the most there can be");
}

void opts_tell_clamped(struct opts const *o)
{
  size_t i = 0;
  if (!is_verbose(o)) return;
  for (; i < o->count; i++)
    if (o->given[i].argument && o->given[i].opt->kind->most && is_ours(o, o->given[i].opt)) tell(&o->given[i]);
}
