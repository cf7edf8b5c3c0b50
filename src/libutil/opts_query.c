/* What was given, as its program asks for it: see opts.h. */

#include <string.h>

#include "die.h"
#include "number.h"
#include "opts_internal.h"

static struct opt const *find(struct opt const *table, unsigned int program, char const *name)
{
  while (table->name && !(table->programs & program && !strcmp(table->name, name))) table++;
  return table->name ? table : 0;
}

int opts_lists(struct opt const *table, unsigned int program, char const *name)
{
  return !!find(table, program, name);
}

int opts_offers(struct opts const *o, char const *name)
{
  return opts_lists(o->family->opts, o->program->bit, name);
}

static struct opt const *known(struct opts const *o, char const *name)
{
  struct opt const *opt = find(o->family->opts, o->program->bit, name);
  if (!opt) die_bug("option --", name, " is not in the table");
  return opt;
}

struct given const *opts_last(struct opts const *o, char const *one, char const *other)
{
  struct opt const *a = known(o, one), *b = other ? known(o, other) : a;
  size_t i = o->count;
  while (i--)
    if (o->given[i].opt == a || o->given[i].opt == b) return &o->given[i];
  return 0;
}

int opts_has(struct opts const *o, char const *name)
{
  return !!opts_last(o, name, 0);
}

char const *opts_first(struct opts const *o, char const *const *names)
{
  while (*names && !opts_has(o, *names)) names++;
  return *names;
}

char const *opts_value(struct opts const *o, char const *name, char const *absent)
{
  struct given const *g = opts_last(o, name, 0);
  return g ? g->argument : absent;
}

uint64_t opts_argument(struct given const *g)
{
  uint64_t most = g->opt->kind->most, n = most;
  if (number_clamp(g->argument, 10, most ? most : UINT64_MAX, &n) == -1 && strcmp(g->argument, "-1"))
    die_bug("--", g->opt->name, " is not a number");
  return n;
}

uint64_t opts_number(struct opts const *o, char const *name, uint64_t absent)
{
  struct given const *g = opts_last(o, name, 0);
  return g ? opts_argument(g) : absent;
}

static unsigned int octal_of(struct given const *g)
{
  uint64_t n = 0;
  if (number_parse(g->argument, 8, UINT32_MAX, &n) == -1) die_bug("--", g->opt->name, " is not octal");
  if (g->opt->kind->most) n &= g->opt->kind->most;
  return (unsigned int)n;
}

unsigned int opts_octal(struct opts const *o, char const *name, unsigned int absent)
{
  struct given const *g = opts_last(o, name, 0);
  return g ? octal_of(g) : absent;
}

int opts_switch(struct opts const *o, char const *yes, char const *no, int absent)
{
  struct given const *g = opts_last(o, yes, no);
  return g ? !strcmp(g->opt->name, yes) : absent;
}

char opts_last_letter(struct opts const *o, char const *letters)
{
  size_t i = o->count;
  while (i--)
    if (o->given[i].opt->letter && strchr(letters, o->given[i].opt->letter)) return o->given[i].opt->letter;
  return 0;
}
