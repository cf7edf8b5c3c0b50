/* --help and --version, made from the table. The format is part of the interface: the page check and
   the completions are made from it. */

#include <string.h>

#include <skalibs/buffer.h>

#include "config.h"
#include "die.h"
#include "opts_internal.h"

enum { HELP_COLUMN = 30 };

static void put(char const *s)
{
  buffer_puts(buffer_1small, s);
}

/* The length of what the option itself takes: "  -b, --backlog=COUNT". */
static size_t put_option(char letter, char const *name, char const *argument)
{
  char const start[] = { ' ', ' ', letter ? '-' : ' ', letter ? letter : ' ', letter ? ',' : ' ', ' ', '-', '-', 0 };
  size_t length = 8 + strlen(name);
  put(start);
  put(name);
  if (!argument) return length;
  put("=");
  put(argument);
  return length + 1 + strlen(argument);
}

static void put_line(char letter, char const *name, char const *argument, char const *help)
{
  size_t length = put_option(letter, name, argument);
  if (length >= HELP_COLUMN)
  {
    put("\n");
    length = 0;
  }
  for (; length < HELP_COLUMN; length++) put(" ");
  put(help);
  put("\n");
}

static void finish(void)
{
  if (!buffer_flush(buffer_1small)) die_system("write to stdout");
}

void opts_help(struct opts_family const *family, struct program const *program)
{
  struct opt const *opt = family->opts;
  put("usage: " SALLYPORT_PROGRAM_PREFIX);
  put(program->name);
  put(" [options] ");
  put(program->operands);
  put("\n");
  put(program->summary);
  put("\n\n");
  for (; opt->name; opt++)
    if (opt->programs & program->bit) put_line(opt->letter, opt->name, opt->argument, opt->help);
  put_line(0, "help", 0, "print this and exit");
  if (!opts_lists(family->opts, program->bit, "version")) put_line(0, "version", 0, "print the version and exit");
  finish();
}

void opts_version(struct program const *program)
{
  put(program->name);
  put(" (sallyport) " SALLYPORT_VERSION "\n");
  finish();
}
