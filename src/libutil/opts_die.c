/* Usage errors that name the word, and the option that was probably meant. */

#include <string.h>

#include "address.h"
#include "die.h"
#include "opts_internal.h"
#include "text.h"

enum { WORDS_MAX = 160 };

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
  char const *other = verbose_by_number(o), *words;
  char space[WORDS_MAX];
  struct text t = TEXT_IN(space);
  if (word[1] == 'v' && letter >= '0' && letter <= '9' && opts_lists(o->family->opts, o->program->bit, "verbose"))
    die_usage("option -v takes no number here", other ? ": that is the -v of " : "", other ? other : "");
  words = opts_suggest_letter(&t, o, letter, word);
  die_usage("unknown option -", short_form, words ? ": " : "", words ? words : "");
}

/* getopt_long leaves optopt at 0 for an unknown or ambiguous long option, and at the option's code for
   one that takes no argument and was given one. */
void opts_die_unknown(struct opts const *o, int letter, char const *word)
{
  size_t length = strcspn(word, "=");
  struct meanings meanings;
  char const *words;
  char space[WORDS_MAX];
  struct text t = TEXT_IN(space);
  if (strncmp(word, "--", 2)) die_of_letter(o, (char)letter, word);
  if (letter) die_usage("option ", word, " takes no argument");
  meanings = meanings_of(o, word + 2, length - 2);
  if (meanings.count > 1)
    die_usage("option ", word, " is short for both --", meanings.two[0], " and --", meanings.two[1]);
  words = opts_suggest_name(&t, o, word + 2, length - 2);
  die_usage("unknown option ", word, words ? ": " : "", words ? words : "");
}

/* Names where ids in numbers are wanted. */
static char const *name_hint(struct opts const *o, struct opt const *opt, char const *word)
{
  if (opt->kind != &kind_id && opt->kind != &kind_ids) return "";
  if (!word[0] || !word[strspn(word, "0123456789,+- ")]) return "";
  if (opts_offers(o, "user")) return ": --user and --group take names";
  return opts_offers(o, "env-ids") || opts_offers(o, "clean-env") ? ": s6-envuidgid ACCOUNT and -U take names" : "";
}

/* The word of the command line that the argument is the rest of, as in -c10, or 0. */
static char const *whole_word(struct opts const *o, char const *argument)
{
  char const *const *w = o->argv;
  for (; *w; w++)
    if ((*w)[0] == '-' && (*w)[1] && *w + 2 == argument) return *w;
  return 0;
}

/* An address is the first operand of many programs. */
static int is_operand(struct opts const *o, char const *word)
{
  struct address a;
  char const *operands = o->program->operands;
  return (!strncmp(operands, "ip ", 3) || !strncmp(operands, "host ", 5)) && strpbrk(word, ".:") && address_parse(&a, word, 0) == 0;
}

/* What is often wrong with any argument. */
static char const *shape_hint(struct text *t, struct opts const *o, char const *argument)
{
  char const *word = whole_word(o, argument), *meant = word ? opts_suggest_dash(t, o, word) : 0;
  if (meant) return meant;
  if (word && argument[0] == '=') return "after a letter the argument stands without =";
  if (word) return 0;
  return (argument[0] == '-' && argument[1]) || is_operand(o, argument) ? "is its argument missing?" : 0;
}

void opts_die_argument(struct opts const *o, struct opt const *opt, char const *word)
{
  char space[WORDS_MAX];
  struct text t = TEXT_IN(space);
  char const *hint = shape_hint(&t, o, word);
  die_usage("--", opt->name, " must be ", opt->kind->expects, ", not '", word, "'", hint ? ": " : "", hint ? hint : name_hint(o, opt, word));
}

void opts_die_missing(struct opts const *o, int letter, char const *word)
{
  char const short_form[2] = { (char)letter, 0 };
  (void)o;
  if (!strncmp(word, "--", 2)) die_usage("option ", word, " needs an argument");
  die_usage("option -", short_form, " needs an argument");
}
