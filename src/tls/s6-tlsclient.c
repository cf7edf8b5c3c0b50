/* The client's wrapper: checks everything, then rewrites itself into s6-tcpclient and s6-tlsc. */

#include "address.h"
#include "chain.h"
#include "config.h"
#include "die.h"
#include "tls_opts.h"

/* The server is known by the name, or the address, that the user typed, the whole word. Without a lookup the words are
   addresses, of which there may be several. */
static char const *expected(struct opts const *o, char const *host)
{
  struct address a;
  if (opts_has(o, "servername")) return opts_value(o, "servername", 0);
  if (address_parse(&a, host, 0) == 0) return host;
  return opts_has(o, "numeric-host") ? 0 : host;
}

int main(int argc, char const *const *argv)
{
  struct opts given;
  struct chain chain = CHAIN_EMPTY;
  char const *name;
  (void)argc;

  argv = opts_parse(&given, &tls_opts, TLS_CLIENT, argv);
  if (!argv[0][0]) die_usage("the host is empty");
  require_operand("port", argv[1], &kind_port);
  require_program(argv + 2);
  name = expected(&given, argv[0]);

  chain_sibling(&chain, "s6-tcpclient");
  opts_forward(&given, TLS_CLIENT_TCP, &chain);
  chain_word(&chain, "--");
  chain_words(&chain, argv, 2);
  chain_sibling(&chain, "s6-tlsc");
  opts_forward(&given, TLS_CLIENT_IO | TLS_CLIENT_CHAIN, &chain);
  if (name && !opts_has(&given, "servername"))
  {
    chain_word(&chain, "-k");
    chain_word(&chain, name);
  }
  chain_word(&chain, "--");
  chain_rest(&chain, argv + 2);
  chain_exec(&chain);
}
