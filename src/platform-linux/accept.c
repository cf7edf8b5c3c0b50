/* One system call for each connection. */

#define _GNU_SOURCE
#include <sys/socket.h>

#include "platform.h"

int platform_accept(int listener, struct address *remote)
{
  remote->length = sizeof remote->sa;
  return accept4(listener, &remote->sa.any, &remote->length, SOCK_CLOEXEC);
}
