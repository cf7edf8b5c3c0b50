/* Parsing by option table: see opts.h. getopt_long does the splitting; the table knows what is right. */

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "chain.h"
#include "die.h"
#include "number.h"
#include "opts.h"
#include "opts_internal.h"

enum { CODE_HELP = 256, CODE_VERSION, CODE_TABLE };

/* What getopt_long needs, made from the table. */
struct getopt_view
{
  char *letters;
  struct option *names;
};

static size_t table_length(struct opt const *table)
{
  size_t n = 0;
  while (table[n].name) n++;
  return n;
}

static void *require_memory(size_t size)
{
  void *p = malloc(size);
  if (!p) die_system("allocate memory");
  return p;
}

static void view_add(struct option *o, char const *name, int has_argument, int code)
{
  o->name = name;
  o->has_arg = has_argument ? required_argument : no_argument;
  o->flag = 0;
  o->val = code;
}

static void view_fill(struct getopt_view *view, struct opt const *table, unsigned int program)
{
  size_t n = table_length(table), i = 0, names = 0, letters = 0;
  view->letters = require_memory(2 * n + 3);
  view->names = require_memory((n + 3) * sizeof(struct option));
  view->letters[letters++] = '+';  /* options end at the first operand, whatever POSIXLY_CORRECT is */
  view->letters[letters++] = ':';  /* a missing argument has a code of its own */
  for (; i < n; i++)
  {
    if (!(table[i].programs & program)) continue;
    view_add(&view->names[names++], table[i].name, !!table[i].argument, CODE_TABLE + (int)i);
    if (!table[i].letter) continue;
    view->letters[letters++] = table[i].letter;
    if (table[i].argument) view->letters[letters++] = ':';
  }
  view->letters[letters] = 0;
  view_add(&view->names[names++], "help", 0, CODE_HELP);
  if (!opts_lists(table, program, "version")) view_add(&view->names[names++], "version", 0, CODE_VERSION);
  memset(&view->names[names], 0, sizeof(struct option));
}

static struct opt const *by_code(struct opts const *o, int code)
{
  struct opt const *opt = o->family->opts;
  if (code >= CODE_TABLE) return opt + (code - CODE_TABLE);
  while (opt->name && !(opt->letter == code && opt->programs & o->program->bit)) opt++;
  if (!opt->name) die_bug("getopt found an option that is not in the table");
  return opt;
}

static void remember(struct opts *o, struct opt const *opt, char const *argument)
{
  if (argument && !opt->kind->accepts(argument)) opts_die_argument(o, opt, argument);
  o->given[o->count].opt = opt;
  o->given[o->count].argument = argument;
  o->count++;
}

static void version_and_exit(struct opts const *o)
{
  opts_version(o->program);
  exit(0);
}

/* A program that has always had a letter for it lists --version in its table. */
static void obey(struct opts *o, struct opt const *opt, char const *argument)
{
  if (!strcmp(opt->name, "version")) version_and_exit(o);
  remember(o, opt, argument);
}

static void parse_words(struct opts *o, struct getopt_view const *view, int argc, char *const *argv)
{
  for (;;)
  {
    int at = optind ? optind : 1;
    int code = getopt_long(argc, argv, view->letters, view->names, 0);
    switch (code)
    {
      case -1 : return;
      case '?' : opts_die_unknown(o, optopt, argv[at]);
      case ':' : opts_die_missing(o, optopt, argv[at]);
      case CODE_HELP : opts_help(o->family, o->program); exit(0);
      case CODE_VERSION : version_and_exit(o); break;
      default : obey(o, by_code(o, code), optarg);
    }
  }
}

static struct program const *find_program(struct opts_family const *family, unsigned int bit)
{
  struct program const *p = family->programs;
  while (p->bit && p->bit != bit) p++;
  return p;
}

char const *const *opts_parse(struct opts *o, struct opts_family const *family, unsigned int program, char const *const *argv)
{
  struct getopt_view view;
  int argc = 0;
  o->family = family;
  o->program = find_program(family, program);
  o->count = 0;
  o->argv = argv;
  PROG = o->program->name;
  while (argv[argc]) argc++;
  if (!argc) die_usage("no command line was given");
  /* A word may hold a cluster of one-letter options: one entry for each byte is always enough. */
  size_t most = 1;
  for (int i = 0; i < argc; i++) most += argv[i][0] == '-' ? strlen(argv[i]) : 0;
  o->given = require_memory(most * sizeof(struct given));
  view_fill(&view, family->opts, program);
  opterr = 0;
  optind = 1;
  parse_words(o, &view, argc, (char *const *)argv);
  free(view.letters);
  free(view.names);
  argv += optind;
  argc -= optind;
  opts_require_operands(o, argv, (unsigned int)argc);
  opts_tell_clamped(o);
  return argv;
}
