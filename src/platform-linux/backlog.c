/* How many clients wait in the queue of a TCP listener. */

#define _DEFAULT_SOURCE  /* struct tcp_info */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "platform.h"

/* Of a listener, tcpi_unacked is the length of its queue (tcp_get_info() in the kernel's net/ipv4/tcp.c). */
int platform_backlog(int listener)
{
  struct tcp_info info;
  socklen_t size = sizeof info;
  if (getsockopt(listener, IPPROTO_TCP, TCP_INFO, &info, &size) == -1) return -1;
  return (int)info.tcpi_unacked;
}
