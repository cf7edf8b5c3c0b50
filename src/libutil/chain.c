/* Chain loading: see chain.h. */

#include <errno.h>
#include <stdlib.h>

#include <skalibs/exec.h>
#include <skalibs/types.h>

#include "chain.h"
#include "die.h"
#include "program.h"

void chain_word(struct chain *c, char const *word)
{
  if (c->count + 2 > c->room)
  {
    size_t room = 2 * c->room + 32;
    char const **words = realloc(c->words, room * sizeof *words);
    if (!words) die_system("allocate memory");
    c->words = words;
    c->room = room;
  }
  c->words[c->count++] = word;
  c->words[c->count] = 0;
}

void chain_words(struct chain *c, char const *const *words, size_t count)
{
  while (count--) chain_word(c, *words++);
}

void chain_rest(struct chain *c, char const *const *words)
{
  while (*words) chain_word(c, *words++);
}

void chain_exec(struct chain *c)
{
  chain_become(c->words);
}

void chain_become(char const *const *argv)
{
  exec(argv);
  program_die(argv[0], errno);
}

void require_program(char const *const *argv)
{
  if (!argv[0]) die_usage("no program to run was given");
  if (!argv[0][0]) die_usage("the name of the program to run is empty");
}

void chain_env(char const *name, char const *value)
{
  int r = value ? setenv(name, value, 1) : unsetenv(name);
  if (r == -1) die_system("set the environment variable ", name);
}

void chain_env_number(char const *name, unsigned long value)
{
  char digits[ULONG_FMT];
  digits[ulong_fmt(digits, value)] = 0;
  chain_env(name, digits);
}
