/* Building the command line of the next program in the chain, and becoming it. */

#ifndef SALLYPORT_CHAIN_H
#define SALLYPORT_CHAIN_H

#include <stddef.h>

#include <skalibs/gccattributes.h>

/* Words are borrowed, not copied: they must live until chain_exec. */
struct chain
{
  char const **words;  /* NULL at the end once chain_exec is called */
  size_t count;
  size_t room;
};

#define CHAIN_EMPTY { .words = 0, .count = 0, .room = 0 }

/* Dies (111) if there is no memory. */
extern void chain_word(struct chain *, char const *);
extern void chain_words(struct chain *, char const *const *words, size_t count);
extern void chain_rest(struct chain *, char const *const *words);

/* A program of this package, by absolute path unless configured otherwise. */
#define chain_sibling(chain, name) chain_word((chain), SALLYPORT_BINPREFIX name)

/* Becomes the command line that was built. Dies with 127 or 126. */
extern void chain_exec(struct chain *) gccattr_noreturn;

/* Becomes argv as it stands: a program name without a slash is looked up in PATH. Dies with 127, 126. */
extern void chain_become(char const *const *argv) gccattr_noreturn;

/* There must be a next program, and its name must not be empty, before anything is changed (100). */
extern void require_program(char const *const *argv);

/* Sets or (value 0) removes a variable for the next program. Dies (111) if there is no memory. */
extern void chain_env(char const *name, char const *value);
extern void chain_env_number(char const *name, unsigned long value);

#endif
