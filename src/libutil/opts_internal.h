/* Between the files of the option library: not for programs. */

#ifndef SALLYPORT_OPTS_INTERNAL_H
#define SALLYPORT_OPTS_INTERNAL_H

#include <skalibs/gccattributes.h>

#include "opts.h"

struct text;

/* letter: what getopt calls optopt (0 for a long option); word: the command line word it stood in. */
extern void opts_die_unknown(struct opts const *, int letter, char const *word) gccattr_noreturn;
extern void opts_die_missing(struct opts const *, int letter, char const *word) gccattr_noreturn;
extern void opts_die_argument(struct opts const *, struct opt const *, char const *word) gccattr_noreturn;
/* What was probably meant, as words in t, or 0: by a long option that does not exist (its name, without dashes), by a letter
   that does not exist in that word, and by a word with one dash, which is the name of a long option. */
extern char const *opts_suggest_name(struct text *t, struct opts const *, char const *name, size_t length);
extern char const *opts_suggest_letter(struct text *t, struct opts const *, char letter, char const *word);
extern char const *opts_suggest_dash(struct text *t, struct opts const *, char const *word);

/* Dies if there are fewer operands than the program needs, or if an address and a port are not where they belong. */
extern void opts_require_operands(struct opts const *, char const *const *operands, unsigned int count);

extern void opts_version(struct program const *);

/* The number that an option was given, at most what its kind allows. */
extern uint64_t opts_argument(struct given const *);

/* In a verbose program: one line for each number that is more than that. */
extern void opts_tell_clamped(struct opts const *);

/* True if the table has an option of that long name for that program. */
extern int opts_lists(struct opt const *table, unsigned int program, char const *name);

#endif
