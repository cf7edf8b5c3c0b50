/* Lines on stderr, each of which is one line of printable characters whatever word of a command, of the environment or of a peer it
   quotes. die.h puts these in the place of those of <skalibs/strerr.h>. */

#ifndef SALLYPORT_SCRUBBED_H
#define SALLYPORT_SCRUBBED_H

#include <skalibs/gccattributes.h>

extern void scrubbed_warn(char const *const *words, unsigned int n);
extern void scrubbed_warn_system(char const *const *words, unsigned int n);
extern void scrubbed_die(int code, char const *const *words, unsigned int n) gccattr_noreturn;
extern void scrubbed_die_system(int code, char const *const *words, unsigned int n) gccattr_noreturn;

#endif
