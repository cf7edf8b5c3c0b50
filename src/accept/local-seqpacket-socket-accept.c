/* The Unix-domain seqpacket acceptor. */

#include "accept_opts.h"
#include "local_acceptor.h"

int main(int argc, char const *const *argv)
{
  (void)argc;
  return local_acceptor(ACCEPT_SEQPACKET, argv);
}
