/* A descriptor that becomes readable when a child ends: pidfd_open(2), since Linux 5.3. */

#define _GNU_SOURCE  /* syscall */
#include <sys/syscall.h>
#include <unistd.h>

#include "platform.h"

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

int platform_child_fd(pid_t pid)
{
  return (int)syscall(SYS_pidfd_open, (long)pid, 0L);
}
