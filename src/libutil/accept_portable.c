/* Accepting with POSIX alone. */

#include <sys/socket.h>

#include <skalibs/djbunix.h>

#include "accept_portable.h"

/* On systems where the connection inherits O_NONBLOCK from the listener it is taken away again. */
int accept_portable(int listener, struct address *remote)
{
  int fd;
  remote->length = sizeof remote->sa;
  fd = accept(listener, &remote->sa.any, &remote->length);
  if (fd == -1) return -1;
  if (coe(fd) == -1 || ndelay_off(fd) == -1)
  {
    fd_close(fd);
    return -1;
  }
  return fd;
}
