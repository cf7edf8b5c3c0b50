/* What was probably meant by an option that a program does not have: see opts_internal.h. */

#include <ctype.h>
#include <string.h>

#include "opts_internal.h"
#include "text.h"

enum { LONGEST = 47, NEAR = 2, FAR = 3 };

/* Number of single-letter edits between the two words (Levenshtein, one row). Long words are not compared: no option is
   that long. */
static unsigned int distance(char const *a, size_t alen, char const *b)
{
  unsigned int row[LONGEST + 1];
  size_t blen = strlen(b), i, j;
  if (blen > LONGEST || alen > LONGEST) return 2 * LONGEST;
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

/* The long option of this program that is at most so many letters away, or 0. */
static char const *nearest(struct opts const *o, char const *word, size_t length, unsigned int most)
{
  struct candidate best = { 0, most + 1 };
  struct opt const *opt = o->family->opts;
  for (; opt->name; opt++)
    if (opt->programs & o->program->bit) consider(&best, opt->name, word, length);
  consider(&best, "help", word, length);
  consider(&best, "version", word, length);
  return best.name;
}

static int is_named(struct opt const *opt, char letter, char const *name, size_t length)
{
  return letter ? opt->letter == letter : name && !strncmp(opt->name, name, length) && !opt->name[length];
}

/* The bits of the programs of the family that have the option. */
static unsigned int programs_with(struct opts const *o, char letter, char const *name, size_t length)
{
  struct opt const *opt = o->family->opts;
  unsigned int bits = 0;
  for (; opt->name; opt++)
    if (is_named(opt, letter, name, length)) bits |= opt->programs;
  return bits;
}

/* Writes "A, B and C have it". */
static void write_programs(struct text *t, struct opts_family const *family, unsigned int bits)
{
  struct program const *p = family->programs;
  int several = 0;
  for (; p->bit; p++)
  {
    if (!(p->bit & bits)) continue;
    bits &= ~p->bit;
    text_string(t, several ? bits ? ", " : " and " : "");
    text_string(t, p->name);
    if (!bits) break;
    several = 1;
  }
  text_string(t, several ? " have it" : " has it");
}

static char const *siblings(struct text *t, struct opts const *o, char letter, char const *name, size_t length)
{
  unsigned int bits = programs_with(o, letter, name, length);
  if (!bits || bits & o->program->bit) return 0;
  write_programs(t, o->family, bits);
  return text_end(t);
}

static char const *meant(struct text *t, char const *dashes, char const *name)
{
  text_string(t, "did you mean ");
  text_string(t, dashes);
  text_string(t, name);
  text_string(t, "?");
  return text_end(t);
}

char const *opts_suggest_name(struct text *t, struct opts const *o, char const *word, size_t length)
{
  char const *near = nearest(o, word, length, NEAR), *words;
  if (near) return meant(t, "--", near);
  words = siblings(t, o, 0, word, length);
  if (words) return words;
  near = nearest(o, word, length, FAR);
  return near ? meant(t, "--", near) : 0;
}

char const *opts_suggest_dash(struct text *t, struct opts const *o, char const *word)
{
  size_t length = strcspn(word + 1, "=");
  char const *near = length > 2 ? nearest(o, word + 1, length, 0) : 0;
  return near ? meant(t, "--", near) : 0;
}

char const *opts_suggest_letter(struct text *t, struct opts const *o, char letter, char const *word)
{
  char const other[2] = { (char)(islower((unsigned char)letter) ? toupper((unsigned char)letter) : tolower((unsigned char)letter)), 0 };
  char const *words = opts_suggest_dash(t, o, word);
  if (words) return words;
  if (letter == 'h' || letter == '?') return meant(t, "--", "help");
  if (letter == 'V') return meant(t, "--", "version");
  words = siblings(t, o, letter, 0, 0);
  if (words) return words;
  return programs_with(o, other[0], 0, 0) & o->program->bit ? meant(t, "-", other) : 0;
}
