/* Finding the file of a program as execvp does, without executing it. */

#ifndef SALLYPORT_PROGRAM_H
#define SALLYPORT_PROGRAM_H

/* A name with a slash is its own file. Otherwise the elements of PATH (or the system's default path if
   PATH is not set) are tried in order; empty elements are skipped, so the current directory is never
   searched by accident. Returns an allocated path of an executable file, or 0 with errno: ENOENT
   (nowhere), or the reason of the last candidate that exists and cannot be executed. */
extern char *program_find(char const *name);

#endif
