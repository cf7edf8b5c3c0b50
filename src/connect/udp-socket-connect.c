/* Makes a UDP socket with a fixed peer, then becomes the next program. */

#include <sys/socket.h>

#include "connect_opts.h"
#include "connect_inet.h"

int main(int argc, char const *const *argv)
{
  (void)argc;
  connect_inet(CONNECT_UDP, SOCK_DGRAM, "UDP", argv);
}
