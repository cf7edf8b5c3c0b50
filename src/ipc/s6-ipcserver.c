/* The wrapper: checks everything, then rewrites itself into binder, identity, daemon. */

#include "chain.h"
#include "config.h"
#include "daemon_opts.h"
#include "status_socket.h"
#include "ipc_opts.h"

/* A super-server that does not listen makes no sense, and 0 has always meant 1 here. */
static void forward_to_binder(struct opts const *given, struct chain *chain)
{
  opts_forward(given, IPC_BINDER, chain);
  if (opts_number(given, "backlog", 1)) return;
  chain_word(chain, "-b");
  chain_word(chain, "1");
}

int main(int argc, char const *const *argv)
{
  struct opts given;
  struct chain chain = CHAIN_EMPTY;
  (void)argc;

  argv = opts_parse(&given, &ipc_opts, IPC_SERVER, argv);
  require_engine_opts(&given);
  if (opts_has(&given, "max-idle")) die_idle_local();
  require_credentials_for_rules(&given);
  require_path(&given, argv[0]);
  require_program(argv + 1);

  chain_sibling(&chain, "s6-ipcserver-socketbinder");
  forward_to_binder(&given, &chain);
  chain_word(&chain, "--");
  chain_words(&chain, argv, 1);
  if (opts_for_stage(&given, IPC_IDENTITY))
  {
    chain_sibling(&chain, "s6-applyuidgid");
    opts_forward(&given, IPC_IDENTITY, &chain);
    chain_word(&chain, "--");
  }
  chain_sibling(&chain, "s6-ipcserverd");
  opts_forward(&given, IPC_DAEMON, &chain);
  chain_status_socket(&chain, &given);
  chain_word(&chain, "--");
  chain_rest(&chain, argv + 1);
  chain_exec(&chain);
}
