/* The wrapper: checks everything, then rewrites itself into a chain. Usually that is binder, holder of the keys, identity and
   the TLS daemon; where its options need it, it is a TCP server that runs a chain for each client. */

#include <stdlib.h>

#include "address.h"
#include "chain.h"
#include "config.h"
#include "daemon_opts.h"
#include "die.h"
#include "status_socket.h"
#include "rules_keys.h"
#include "tlsserver_opts.h"

/* What s6-tcpserver-access does can be done after TLS, but for two things: what is written before TLS begins, and rules that
   choose the keys. */
static char const *reason_for_chain(struct opts const *o)
{
  if (opts_has(o, "chain")) return "--chain";
  if (opts_has(o, "banner")) return "--banner";
  return rules_name_keys(opts_value(o, "rules-dir", 0), opts_value(o, "rules-cdb", 0)) ? "rules that choose keys" : 0;
}

/* Names are looked up unless -H was given; rules that are about names need them. */
static int wants_access(struct opts const *o)
{
  return !opts_has(o, "no-names") || opts_has(o, "strict") || opts_has(o, "remote-info") || opts_has(o, "paranoid")
    || opts_has(o, "hosts") || opts_has(o, "local-name") || opts_has(o, "banner") || opts_has(o, "timeout");
}

static void verbosity_words(struct opts const *o, struct chain *c)
{
  char letter = opts_last_letter(o, "qQv");
  if (letter == 'q' || letter == 'v') chain_word(c, letter == 'q' ? "-v0" : "-v2");
}

static void put_identity(struct opts const *o, struct chain *c)
{
  if (!opts_for_stage(o, TLSSERVER_IDENTITY)) return;
  chain_sibling(c, "s6-applyuidgid");
  opts_forward(o, TLSSERVER_IDENTITY, c);
  chain_word(c, "--");
}

static void put_access(struct opts const *o, struct chain *c, int judges)
{
  chain_sibling(c, "s6-tcpserver-access");
  verbosity_words(o, c);
  opts_forward(o, TLSSERVER_ACCESS | (judges ? TLSSERVER_RULES : 0), c);
  chain_word(c, "--");
}

static void put_binder(struct opts const *o, struct chain *c, char const *const *address)
{
  chain_sibling(c, "s6-tcpserver-socketbinder");
  opts_forward(o, TLSSERVER_BINDER, c);
  chain_word(c, "--");
  chain_words(c, address, 2);
}

/* Keys and library are read once, by processes that stay. */
static void put_daemon(struct opts const *o, struct chain *c, char const *const *address)
{
  int access = wants_access(o);
  put_binder(o, c, address);
  chain_sibling(c, "s6-tlskeyholder");
  verbosity_words(o, c);
  opts_forward(o, TLSSERVER_HOLDER, c);
  chain_word(c, "--");
  put_identity(o, c);
  chain_sibling(c, "s6-tlsserverd");
  verbosity_words(o, c);
  opts_forward(o, TLSSERVER_DAEMON | TLSSERVER_TLS | (access ? 0 : TLSSERVER_RULES), c);
  chain_status_socket(c, o);
  chain_word(c, "--");
  if (access) put_access(o, c, 1);
}

/* The other way round: access and keys are each client's own. */
static void put_chain(struct opts const *o, struct chain *c, char const *const *address)
{
  int access = wants_access(o) || opts_has(o, "no-nagle");
  put_binder(o, c, address);
  chain_sibling(c, "s6-tcpserverd");
  verbosity_words(o, c);
  opts_forward(o, TLSSERVER_DAEMON | (access ? 0 : TLSSERVER_RULES), c);
  chain_status_socket(c, o);
  chain_word(c, "--");
  if (access) put_access(o, c, 1);
  chain_sibling(c, "s6-tlsd");
  verbosity_words(o, c);
  opts_forward(o, TLSSERVER_TLS, c);
  chain_word(c, "--");
  put_identity(o, c);
}

int main(int argc, char const *const *argv)
{
  struct opts given;
  struct chain chain = CHAIN_EMPTY;
  struct address address;
  char const *reason;
  (void)argc;

  argv = opts_parse(&given, &tlsserver_opts, TLSSERVER, argv);
  require_engine_opts(&given);
  require_address(&address, argv[0], argv[1]);
  require_program(argv + 2);

  reason = reason_for_chain(&given);
  if (reason && opts_last_letter(&given, "qQv") == 'v') strerr_warni("running a chain of programs for each client, because of ", reason);
  if (reason) put_chain(&given, &chain, argv);
  else put_daemon(&given, &chain, argv);
  chain_rest(&chain, argv + 2);
  chain_exec(&chain);
}
