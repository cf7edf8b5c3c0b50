/* Strict numbers: the whole word, digits only, in range. */

#ifndef SALLYPORT_NUMBER_H
#define SALLYPORT_NUMBER_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Whole word in base 8, 10 or 16, no sign, no blank, no leading zero in base 10, at most max. Returns 0, or -1 with
   EINVAL (not a number) or ERANGE (too large). *n is untouched on failure. */
extern int number_parse(char const *word, unsigned int base, uint64_t max, uint64_t *n);

/* The same, but what is too large is `most`. */
extern int number_clamp(char const *word, unsigned int base, uint64_t most, uint64_t *n);

/* True if a resolver takes the word for a number: digits, with or without blanks and a sign before them, or nothing
   at all. Resolvers take such numbers modulo 65536: a word that is meant as a number must pass number_parse. */
extern int number_is_meant(char const *word);

/* A comma-separated list of group ids; the empty word is the empty list. Returns 0 with *list (to be
   freed by the caller, never NULL) and *count; -1 with EINVAL, ERANGE or ENOMEM. */
extern int gidlist_parse(char const *word, gid_t **list, size_t *count);

/* The largest id: the one above means "unchanged" to the kernel (chown(2), setresuid(2)). */
#define ID_MAX 4294967294u

#endif
