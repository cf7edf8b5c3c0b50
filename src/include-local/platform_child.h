/* What the platform layer needs to start one program quickly. The caller fills the first part; nothing of it may be
   touched while `busy` is set, because the child reads it in our memory. */

#ifndef SALLYPORT_PLATFORM_CHILD_H
#define SALLYPORT_PLATFORM_CHILD_H

#include <stdint.h>
#include <sys/types.h>

struct platform_child
{
  char const *file;         /* the program's path */
  char const *const *argv;
  char const *const *envp;
  char *stack;              /* the end of its stack, which grows down; aligned to 16 */
  pid_t daemon;             /* our process: SIGCHLD reports to it that the child waits */
  int own_group;            /* it leads a process group of its own */
  int descriptors;          /* ours are below this number */
  unsigned int patience;    /* milliseconds: how long the child tries again */
  uint32_t *news;           /* set to 1 by a child that begins to wait */
  int apart;                /* it copies our descriptors below this number alone, to which its connection belongs; 0: all of them.
                               Set to 0 if the system does not know how */
  int sure;                 /* the system is known to know how */

  int connection;           /* becomes its descriptors 0 and 1 */
  uint32_t shares;          /* its descriptors are ours: they must stay open. It clears this when it has made its copy */
  uint32_t busy;            /* cleared by the kernel when the child has left our memory */
  int waits;                /* why it tries again: errno of its latest try; 0: it does not */
  int error;                /* why it gave up: errno of its last call; 0 as long as it has not */
};

#endif
