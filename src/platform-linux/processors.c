/* How many processors: those that the process is pinned to, where it is. */

#define _GNU_SOURCE
#include <sched.h>

#include "platform.h"

/* A machine with more than 1024 of them does not fit into the set, and has enough. */
unsigned int platform_processors(void)
{
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == -1) return CPU_SETSIZE;
  return (unsigned int)CPU_COUNT(&set);
}
