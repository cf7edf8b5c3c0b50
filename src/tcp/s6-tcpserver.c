/* The wrapper: checks everything, then rewrites itself into binder, identity, daemon. */

#include "address.h"
#include "chain.h"
#include "config.h"
#include "daemon_opts.h"
#include "status_socket.h"
#include "die.h"
#include "tcp_opts.h"

int main(int argc, char const *const *argv)
{
  struct opts given;
  struct chain chain = CHAIN_EMPTY;
  struct address address;
  (void)argc;

  argv = opts_parse(&given, &tcp_opts, TCP_SERVER, argv);
  require_engine_opts(&given);
  require_address(&address, argv[0], argv[1]);
  require_program(argv + 2);

  chain_sibling(&chain, "s6-tcpserver-socketbinder");
  opts_forward(&given, TCP_BINDER, &chain);
  chain_word(&chain, "--");
  chain_words(&chain, argv, 2);
  if (opts_for_stage(&given, TCP_IDENTITY))
  {
    chain_sibling(&chain, "s6-applyuidgid");
    opts_forward(&given, TCP_IDENTITY, &chain);
    chain_word(&chain, "--");
  }
  chain_sibling(&chain, "s6-tcpserverd");
  opts_forward(&given, TCP_DAEMON, &chain);
  chain_status_socket(&chain, &given);
  chain_word(&chain, "--");
  chain_rest(&chain, argv + 2);
  chain_exec(&chain);
}
