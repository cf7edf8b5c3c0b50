/* The server's chain program: clear text on 0 and 1 for the program that it becomes. */

#include "around.h"
#include "chain.h"
#include "engage.h"
#include "tls_opts.h"

int main(int argc, char const *const *argv)
{
  struct opts given;
  struct around around;
  (void)argc;

  argv = opts_parse(&given, &tls_opts, TLS_SERVER_CHAIN, argv);
  require_program(argv);
  around_configure(&around, &given, 1);
  engage(&around);
  around_forget(&around);
  chain_become(argv);
}
