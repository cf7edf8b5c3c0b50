/* The client's io program: the server on fdr and fdw, the clear text on 0 and 1. */

#include "die.h"
#include "fds.h"
#include "io.h"
#include "tls_opts.h"

int main(int argc, char const *const *argv)
{
  static struct io io;  /* its buffers are large for a stack */
  struct opts given;
  int net_in, net_out;
  (void)argc;

  argv = opts_parse(&given, &tls_opts, TLS_CLIENT_IO, argv);
  net_in = io_descriptor("fdr", argv[0]);
  net_out = io_descriptor("fdw", argv[1]);
  if (fds_ensure_standard() == -1) die_system("open /dev/null");

  io_configure(&io, &given, 0);
  io_prepare(&io);
  io_open(&io, net_in, net_out, 0, 1);
  io_require_closed(&io);
  return io_run(&io);
}
