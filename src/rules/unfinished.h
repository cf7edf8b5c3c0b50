/* A file or a directory that grows beside its final name, under a temporary one, and gets that name when it is
   complete. Whatever ends the program before leaves no file, signals included. */

#ifndef SALLYPORT_UNFINISHED_H
#define SALLYPORT_UNFINISHED_H

#include <sys/types.h>

#include <skalibs/gccattributes.h>

#include "interrupt.h"

struct unfinished
{
  char const *name;  /* borrowed */
  char *temporary;
  int is_directory;
  int fd;            /* of what is being made: a file to be written to, or the directory */
  struct interrupt interrupt;
};

/* Takes the bits for writing by others from the umask: rules that every user may write are no rules. Returns `most`
   without what the umask takes. */
extern mode_t unfinished_mode(mode_t most);

/* Begins, and dies (111) if that is impossible. The program's name is a part of the temporary one, so that who finds
   what a crash left knows whose it is. A directory must not exist. */
extern void unfinished_file(struct unfinished *, char const *name);
extern void unfinished_directory(struct unfinished *, char const *name);

/* Removes what there is. Keeps errno. */
extern void unfinished_abandon(struct unfinished *);

/* The same, and "unable to WHAT WHICH: reason of errno", 111. */
extern void unfinished_die(struct unfinished *, char const *what, char const *which) gccattr_noreturn;

/* To be called now and then: ends the program if a signal has come. */
extern void unfinished_obey(struct unfinished *);

/* Gives it its mode and its name. What a file system has no such thing for is done without. */
extern void unfinished_finish(struct unfinished *, mode_t);

#endif
