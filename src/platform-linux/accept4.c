/* One system call for each connection. */

#define _GNU_SOURCE
#include <errno.h>
#include <sys/socket.h>

#include "accept_portable.h"
#include "platform.h"

/* A sandbox may know accept(2) alone. EPERM may also be a firewall's word about one connection (accept(2)): then the other
   call repeats it, or has the next one. */
int platform_accept(int listener, struct address *remote)
{
  int fd;
  remote->length = sizeof remote->sa;
  fd = accept4(listener, &remote->sa.any, &remote->length, SOCK_CLOEXEC);
  if (fd == -1 && (errno == ENOSYS || errno == EPERM)) return accept_portable(listener, remote);
  return fd;
}
