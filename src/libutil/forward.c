/* What a wrapper passes on to the programs of its chain: the user's own words, never a reprint of what
   was understood, so there is no formatting to get wrong. */

#include <stdlib.h>
#include <string.h>

#include "chain.h"
#include "die.h"
#include "opts.h"

static char const *option_word(struct opt const *opt)
{
  size_t length = strlen(opt->name);
  char *word = malloc(length + 3);
  if (!word) die_system("allocate memory");
  word[0] = '-';
  if (opt->letter)
  {
    word[1] = opt->letter;
    word[2] = 0;
    return word;
  }
  word[1] = '-';
  memcpy(word + 2, opt->name, length + 1);
  return word;
}

static void forward_one(struct given const *g, struct chain *c)
{
  if (!g->opt->forward)
  {
    chain_word(c, option_word(g->opt));
    if (g->argument) chain_word(c, g->argument);
  }
  else if (g->opt->forward[0]) chain_word(c, g->opt->forward);
}

void opts_forward(struct opts const *o, unsigned int stage, struct chain *c)
{
  size_t i = 0;
  for (; i < o->count; i++)
    if (o->given[i].opt->stage & stage) forward_one(&o->given[i], c);
}

int opts_for_stage(struct opts const *o, unsigned int stage)
{
  size_t i = 0;
  for (; i < o->count; i++)
    if (o->given[i].opt->stage & stage) return 1;
  return 0;
}
