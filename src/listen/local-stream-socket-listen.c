/* A Unix-domain stream listener on fd 3 or above, for the next program. */

#include <sys/socket.h>

#include "listen_local.h"
#include "listen_opts.h"

int main(int argc, char const *const *argv)
{
  struct opts given;
  (void)argc;

  argv = opts_parse(&given, &listen_opts, LISTEN_STREAM, argv);
  listen_local(&given, SOCK_STREAM, 1, argv);
}
