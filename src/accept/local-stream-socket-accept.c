/* The Unix-domain stream acceptor. */

#include "accept_opts.h"
#include "local_acceptor.h"

int main(int argc, char const *const *argv)
{
  (void)argc;
  return local_acceptor(ACCEPT_STREAM, argv);
}
