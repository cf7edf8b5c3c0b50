/* Finding the file of a program as execvp does, without executing it. */

#ifndef SALLYPORT_PROGRAM_H
#define SALLYPORT_PROGRAM_H

#include <skalibs/gccattributes.h>

#include "text.h"

/* A name with a slash is its own file. Otherwise the elements of PATH (or the system's default path if
   PATH is not set) are tried in order; empty elements are skipped, so the current directory is never
   searched by accident. Returns an allocated path of an executable file, or 0 with errno: ENOENT
   (nowhere), or the reason of the last candidate that exists and cannot be executed. */
extern char *program_find(char const *name);

/* "unable to exec NAME: reason of e", with what is usually meant where that can be seen: 127 if there is no such file,
   otherwise 126. */
extern void program_die(char const *name, int e) gccattr_noreturn;

/* What is wrong with a file that is executed only later: its interpreter is missing (errno is ENOENT) or cannot be executed
   (EACCES), which is written to the text; or it has no #! line, which a system may know how to execute in its own way.
   0: nothing that can be seen. */
extern char const *program_flaw(struct text *, char const *file);

/* Dies (127, 126) if the interpreter is missing or cannot be executed, and warns if there is no #! line. */
extern void program_require(char const *name, char const *file);

#endif
