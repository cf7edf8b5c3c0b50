/* The daemon: serves the listening socket on fd 0, or those announced by LISTEN_FDS. */

#include "chain.h"
#include "ipc_opts.h"
#include "ipc_paths.h"
#include "local_address.h"
#include "local_family.h"
#include "server.h"

static char const *ready_line(struct text *line, struct server const *s, struct opts const *o)
{
  if (!opts_has(o, "announce")) return 0;
  local_put(line, &server_listener(s, 0)->local);
  text_string(line, "\n");
  return text_end(line);
}

int main(int argc, char const *const *argv)
{
  struct opts given;
  struct server *server;
  char space[LOCAL_TEXT_MAX + 1];
  struct text line = TEXT_IN(space);
  int ask;
  (void)argc;

  argv = opts_parse(&given, &ipc_opts, IPC_DAEMON, argv);
  require_program(argv);

  ask = require_credentials_for_rules(&given);
  server = server_new(ask ? &local_family : &local_anonymous_family, 0, &given);
  if (opts_has(&given, "listen-fds")) server_adopt_announced(server);
  else server_adopt(server, 0);
  require_local(server);
  if (opts_has(&given, "unlink-at-exit")) ipc_paths_unlink_at_exit(server);
  server_program(server, argv);
  server_begin(server, ready_line(&line, server, &given));
  return server_run(server);
}
