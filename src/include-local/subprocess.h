/* Work that is done in a child process, for library calls that block as long as they like: a child can
   be ended when the deadline passes. */

#ifndef SALLYPORT_SUBPROCESS_H
#define SALLYPORT_SUBPROCESS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct subprocess
{
  pid_t pid;
  int answer;   /* close-on-exec */
  void *task;
  size_t size;
};

/* fork(2), where the caller may have made us ignore SIGCHLD: then the system would reap the child, and its exit code would be lost.
   SIGCHLD is at its default from now on; in the child it is what the caller chose, for a program that it becomes. */
extern pid_t fork_waitable(void);

/* Calls work(task) in a child. `task` is `size` bytes that hold no pointers worth changing. Returns 0, or
   -1 with errno. */
extern int subprocess_start(struct subprocess *, void (*work)(void *task), void *task, size_t size);

/* Waits for the work, and copies back what it made of the task. The child is gone afterwards in any case.
   Returns 0, or -1 with errno: ETIMEDOUT, EIO (it died), or another; the task is then undefined. */
extern int subprocess_finish(struct subprocess *, uint64_t deadline);

#endif
