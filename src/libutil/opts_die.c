/* Usage errors that name the word, and the option that was probably meant. */

#include <string.h>

#include "die.h"
#include "opts_internal.h"

/* Number of single-letter edits between the two words (Levenshtein, one row). Long words are not
   compared: no option is that long. */
static unsigned int distance(char const *a, size_t alen, char const *b)
{
  unsigned int row[48];
  size_t blen = strlen(b), i, j;
  if (blen >= sizeof row / sizeof row[0] || alen >= sizeof row / sizeof row[0]) return 99;
  for (j = 0; j <= blen; j++) row[j] = (unsigned int)j;
  for (i = 1; i <= alen; i++)
  {
    unsigned int diagonal = row[0];
    row[0] = (unsigned int)i;
    for (j = 1; j <= blen; j++)
    {
      unsigned int best = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = row[j];
      if (row[j] + 1 < best) best = row[j] + 1;
      if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
      row[j] = best;
    }
  }
  return row[blen];
}

static char const *nearest(struct opts const *o, char const *name, size_t length)
{
  struct opt const *opt = o->family->opts;
  char const *best = 0;
  unsigned int least = 4;
  for (; opt->name; opt++)
  {
    unsigned int d;
    if (!(opt->programs & o->program->bit)) continue;
    d = distance(name, length, opt->name);
    if (d < least && d < strlen(opt->name))
    {
      least = d;
      best = opt->name;
    }
  }
  return best;
}

/* getopt_long leaves optopt at 0 for an unknown or ambiguous long option, and at the option's code for
   one that takes no argument and was given one. */
void opts_die_unknown(struct opts const *o, int letter, char const *word)
{
  char const short_form[2] = { (char)letter, 0 };
  char const *near;
  if (strncmp(word, "--", 2)) die_usage("unknown option -", short_form);
  if (letter) die_usage("option ", word, " takes no argument");
  near = nearest(o, word + 2, strcspn(word + 2, "="));
  if (near) die_usage("unknown option ", word, ": did you mean --", near, "?");
  die_usage("unknown option ", word);
}

void opts_die_missing(struct opts const *o, int letter, char const *word)
{
  char const short_form[2] = { (char)letter, 0 };
  (void)o;
  if (!strncmp(word, "--", 2)) die_usage("option ", word, " needs an argument");
  die_usage("option -", short_form, " needs an argument");
}
