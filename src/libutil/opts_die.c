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

struct candidate
{
  char const *name;
  unsigned int distance;
};

static void consider(struct candidate *best, char const *name, char const *word, size_t length)
{
  unsigned int d = distance(word, length, name);
  if (d >= best->distance || d >= strlen(name)) return;
  best->name = name;
  best->distance = d;
}

static char const *nearest(struct opts const *o, char const *word, size_t length)
{
  struct candidate best = { 0, 4 };
  struct opt const *opt = o->family->opts;
  for (; opt->name; opt++)
    if (opt->programs & o->program->bit) consider(&best, opt->name, word, length);
  consider(&best, "help", word, length);
  consider(&best, "version", word, length);
  return best.name;
}

/* The options that a word is short for: how many, and two of them. */
struct meanings
{
  unsigned int count;
  char const *two[2];
};

static void may_mean(struct meanings *m, char const *name, char const *word, size_t length)
{
  if (!length || strncmp(name, word, length)) return;
  if (m->count < 2) m->two[m->count] = name;
  m->count++;
}

static struct meanings meanings_of(struct opts const *o, char const *word, size_t length)
{
  struct meanings m = { 0, { 0, 0 } };
  struct opt const *opt = o->family->opts;
  for (; opt->name; opt++)
    if (opt->programs & o->program->bit) may_mean(&m, opt->name, word, length);
  may_mean(&m, "help", word, length);
  may_mean(&m, "version", word, length);
  return m;
}

/* A program of the same family whose -v takes a number. */
static char const *verbose_by_number(struct opts const *o)
{
  struct program const *p = o->family->programs;
  for (; p->bit; p++)
    if (opts_lists(o->family->opts, p->bit, "verbosity")) return p->name;
  return 0;
}

/* What was typed where the program has no such letter. */
static void die_of_letter(struct opts const *o, char letter, char const *word)
{
  char const short_form[2] = { letter, 0 };
  char const *other = verbose_by_number(o);
  if (word[1] == 'v' && letter >= '0' && letter <= '9' && opts_lists(o->family->opts, o->program->bit, "verbose"))
    die_usage("option -v takes no number here", other ? ": that is the -v of " : "", other ? other : "");
  if (letter == 'h') die_usage("unknown option -h: did you mean --help?");
  die_usage("unknown option -", short_form);
}

/* getopt_long leaves optopt at 0 for an unknown or ambiguous long option, and at the option's code for
   one that takes no argument and was given one. */
void opts_die_unknown(struct opts const *o, int letter, char const *word)
{
  size_t length = strcspn(word, "=");
  struct meanings meanings;
  char const *near;
  if (strncmp(word, "--", 2)) die_of_letter(o, (char)letter, word);
  if (letter) die_usage("option ", word, " takes no argument");
  meanings = meanings_of(o, word + 2, length - 2);
  if (meanings.count > 1)
    die_usage("option ", word, " is short for both --", meanings.two[0], " and --", meanings.two[1]);
  near = nearest(o, word + 2, length - 2);
  if (near) die_usage("unknown option ", word, ": did you mean --", near, "?");
  die_usage("unknown option ", word);
}

/* Names where ids in numbers are wanted. */
static char const *name_hint(struct opts const *o, struct opt const *opt, char const *word)
{
  if (opt->kind != &kind_id && opt->kind != &kind_ids) return "";
  if (!word[0] || !word[strspn(word, "0123456789,+- ")]) return "";
  if (opts_offers(o, "user")) return ": --user and --group take names";
  return opts_offers(o, "env-ids") || opts_offers(o, "clean-env") ? ": s6-envuidgid ACCOUNT and -U take names" : "";
}

void opts_die_argument(struct opts const *o, struct opt const *opt, char const *word)
{
  die_usage("--", opt->name, " must be ", opt->kind->expects, ", not '", word, "'", name_hint(o, opt, word));
}

void opts_die_missing(struct opts const *o, int letter, char const *word)
{
  char const short_form[2] = { (char)letter, 0 };
  (void)o;
  if (!strncmp(word, "--", 2)) die_usage("option ", word, " needs an argument");
  die_usage("option -", short_form, " needs an argument");
}
