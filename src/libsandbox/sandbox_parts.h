/* The parts of the sandbox that only some kernels have. Each returns 0 also where the kernel has no such thing, -1
   with errno if it has and refuses. */

#ifndef SALLYPORT_SANDBOX_PARTS_H
#define SALLYPORT_SANDBOX_PARTS_H

#include "sandbox.h"

/* No file but those below the paths (ends with 0; or 0: none) can be opened, and those only for reading. */
extern int landlock_files(char const *const *readable);

/* Any other system call kills the process. */
extern int seccomp_calls(unsigned int calls);

#endif
