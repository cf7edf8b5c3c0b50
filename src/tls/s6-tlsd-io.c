/* The server's io program: the client on 0 and 1, the clear text on fdr and fdw. */

#include "die.h"
#include "fds.h"
#include "io.h"
#include "tls_opts.h"

int main(int argc, char const *const *argv)
{
  static struct io io;  /* its buffers are large for a stack */
  struct opts given;
  int app_in, app_out;
  (void)argc;

  argv = opts_parse(&given, &tls_opts, TLS_SERVER_IO, argv);
  app_in = io_descriptor("fdr", argv[0]);
  app_out = io_descriptor("fdw", argv[1]);
  if (fds_ensure_standard() == -1) die_system("open /dev/null");

  io_configure(&io, &given, 1);
  io_prepare(&io);
  io_open(&io, 0, 1, app_in, app_out);
  io_require_closed(&io);
  return io_run(&io);
}
