/* Giving up whatever a process will not need again. Where the kernel lacks a part, the others still hold. */

#ifndef SALLYPORT_SANDBOX_H
#define SALLYPORT_SANDBOX_H

#include "text.h"

/* System calls beyond those that every sandbox has: reading and writing what is open, waiting, memory, time, the end. */
enum sandbox_calls
{
  SANDBOX_ASK = 1,    /* making a pair of sockets, and passing one of them on */
  SANDBOX_FILES = 2   /* opening files for reading, below `readable` where the kernel knows Landlock */
};

struct sandbox
{
  unsigned int calls;
  char const *const *readable;  /* paths, ends with 0; may be 0 */
};

/* For good: no new privileges, no core, no new processes, no look inside by others of the same user, no files
   (Landlock), and death for a system call that is not on the list (seccomp). Returns 0, or -1 with why if a part that
   the kernel has does not work. */
extern int sandbox_enter(struct sandbox const *, struct text *why);

#endif
