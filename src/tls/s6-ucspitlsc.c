/* TLS on demand for a client: the program that it becomes may ask for it. */

#include "around.h"
#include "chain.h"
#include "offer.h"
#include "tls_opts.h"

int main(int argc, char const *const *argv)
{
  struct opts given;
  struct around around;
  (void)argc;

  argv = opts_parse(&given, &tls_opts, TLS_CLIENT_UCSPI, argv);
  require_program(argv);
  around_configure(&around, &given, 0);
  offer(&around);
  around_forget(&around);
  chain_become(argv);
}
