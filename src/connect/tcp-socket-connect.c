/* Connects to a TCP service, then becomes the next program. */

#include <sys/socket.h>

#include "connect_opts.h"
#include "connect_inet.h"

int main(int argc, char const *const *argv)
{
  (void)argc;
  connect_inet(CONNECT_TCP, SOCK_STREAM, "TCP", argv);
}
