/* Texts in options that need characters which are hard to type. */

#ifndef SALLYPORT_ESCAPES_H
#define SALLYPORT_ESCAPES_H

#include <stddef.h>

#include "opts.h"

enum { ESCAPES_MAX = 512 };

/* Writes the text with \r, \n, \t and \\ replaced by what they stand for to `to`, ESCAPES_MAX bytes. Returns its length, or 0 if it is
   empty, too long, or has another character after a backslash. */
extern size_t escapes_resolve(char *to, char const *word);

extern struct kind const kind_escaped;

#endif
