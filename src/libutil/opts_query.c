/* What the command line had: see opts.h. */

#include <string.h>

#include "die.h"
#include "number.h"
#include "opts.h"
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


static struct given const *last_of(struct opts const *o, struct opt const *a, struct opt const *b)
{
  size_t i = o->count;
  while (i--)
    if (o->given[i].opt == a || o->given[i].opt == b) return &o->given[i];
  return 0;
}

int opts_has(struct opts const *o, char const *name)
{
  return !!last_of(o, known(o, name), 0);
}

char const *opts_value(struct opts const *o, char const *name, char const *absent)
{
  struct given const *g = last_of(o, known(o, name), 0);
  return g ? g->argument : absent;
}

uint64_t opts_number(struct opts const *o, char const *name, uint64_t absent)
{
  char const *word = opts_value(o, name, 0);
  if (word && number_parse(word, 10, UINT64_MAX, &absent) == -1) die_bug("--", name, " is not a number");
  return absent;
}

unsigned int opts_octal(struct opts const *o, char const *name, unsigned int absent)
{
  uint64_t n = absent;
  char const *word = opts_value(o, name, 0);
  if (word && number_parse(word, 8, UINT32_MAX, &n) == -1) die_bug("--", name, " is not octal");
  return (unsigned int)n;
}

int opts_switch(struct opts const *o, char const *yes, char const *no, int absent)
{
  struct opt const *y = known(o, yes);
  struct given const *g = last_of(o, y, known(o, no));
  return g ? g->opt == y : absent;
}

char opts_last_letter(struct opts const *o, char const *letters)
{
  size_t i = o->count;
  while (i--)
    if (o->given[i].opt->letter && strchr(letters, o->given[i].opt->letter)) return o->given[i].opt->letter;
  return 0;
}
