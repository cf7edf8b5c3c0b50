/* The TLS daemon: serves the listening socket on fd 0, or those announced by LISTEN_FDS. */

#include <skalibs/types.h>

#include "chain.h"
#include "outcome.h"
#include "serve_tls.h"
#include "server.h"
#include "tcp_family.h"
#include "tlsserver_opts.h"

static char const *ready_line(char *line, struct server const *s, struct opts const *o)
{
  size_t n;
  if (!opts_has(o, "announce")) return 0;
  n = uint_fmt(line, address_port(&server_listener(s, 0)->local));
  line[n] = '\n';
  line[n + 1] = 0;
  return line;
}

int main(int argc, char const *const *argv)
{
  static struct serve_tls tls;
  struct opts given;
  struct family family = tcp_family;
  struct server *server;
  char line[UINT_FMT + 1];
  (void)argc;

  argv = opts_parse(&given, &tlsserver_opts, TLSSERVER_DAEMON, argv);
  require_program(argv);

  serve_tls_configure(&tls, &given);
  family.variables = outcome_variables_and(tcp_family.variables);
  family.between = &tls.between;
  server = server_new(&family, 0, &given);
  if (opts_has(&given, "listen-fds")) server_adopt_announced(server);
  else server_adopt(server, 0);
  require_tcp(server);
  server_program(server, argv);
  server_begin(server, ready_line(line, server, &given));
  return server_run(server);
}
