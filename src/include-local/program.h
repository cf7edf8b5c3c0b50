/* Finding the file of a program as execvp does, without executing it. */

#ifndef SALLYPORT_PROGRAM_H
#define SALLYPORT_PROGRAM_H

#include <stddef.h>

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

/* What a file is, as far as its beginning shows. */
enum program_kind
{
  PROGRAM_UNKNOWN,  /* it cannot be read, or is a static program, or too short to be known */
  PROGRAM_SCRIPT,   /* it has a #! line: its interpreter is known, and may be an empty word */
  PROGRAM_LOADED,   /* an ELF file with a dynamic loader, which is known */
  PROGRAM_STRANGE   /* anything else */
};

/* Writes the interpreter to `to`, which has at least 4 bytes; what does not fit in max bytes is not known. */
extern enum program_kind program_interpreter(char const *file, char *to, size_t max);

/* What is wrong with a file that is executed only later: its interpreter is missing (errno is ENOENT) or cannot be executed
   (EACCES), which is written to the text; or it has no #! line, which a system may know how to execute in its own way.
   0: nothing that can be seen. */
extern char const *program_flaw(struct text *, char const *file);

/* Dies (127, 126) if the interpreter is missing or cannot be executed, and warns if there is no #! line. */
extern void program_require(char const *name, char const *file);

#endif
