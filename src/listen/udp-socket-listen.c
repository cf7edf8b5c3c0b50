/* A UDP socket on fd 3 or above, for the next program. */

#include <sys/socket.h>

#include "listen_inet.h"
#include "listen_opts.h"

int main(int argc, char const *const *argv)
{
  struct opts given;
  (void)argc;

  argv = opts_parse(&given, &listen_opts, LISTEN_UDP, argv);
  listen_inet(&given, SOCK_DGRAM, argv);
}
