/* What the platform layer needs to start one program quickly. The caller fills the first part; nothing of it may be
   touched while `busy` is set, because the child reads it in our memory. */

#ifndef SALLYPORT_PLATFORM_CHILD_H
#define SALLYPORT_PLATFORM_CHILD_H

#include <stdint.h>

struct platform_child
{
  char const *file;               /* the program's path */
  char const *const *argv;
  char const *const *envp;
  char *stack;                    /* the end of its stack, which grows down; aligned to 16 */

  int connection;                 /* becomes its descriptors 0 and 1 */
  uint32_t busy;                  /* cleared by the kernel when the child has left our memory */
  int error;                      /* why it gave up: errno of its last call; 0 as long as it has not */
};

#endif
