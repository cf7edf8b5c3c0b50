/* The daemon: serves the listening socket on fd 0, or those announced by LISTEN_FDS. */

#include "chain.h"
#include "ipc_family.h"
#include "ipc_opts.h"
#include "ipc_paths.h"
#include "local_address.h"
#include "server.h"
#include "server_rules.h"

static char const *ready_line(struct text *line, struct server const *s, struct opts const *o)
{
  if (!opts_has(o, "announce")) return 0;
  local_put(line, &s->listeners[0].local);
  text_string(line, "\n");
  return text_end(line);
}

int main(int argc, char const *const *argv)
{
  struct opts given;
  struct server server;
  struct server_rules rules;
  struct ipc_paths paths = IPC_PATHS_NONE;
  char space[LOCAL_TEXT_MAX + 1];
  struct text line = TEXT_IN(space);
  int ask, code;
  (void)argc;

  argv = opts_parse(&given, &ipc_opts, IPC_DAEMON, argv);
  require_program(argv);

  ask = require_credentials_for_rules(&given);
  server_configure(&server, ask ? &ipc_family : &ipc_anonymous_family, &given, (unsigned int)opts_number(&given, "verbosity", 1));
  if (!ask) server.max_per_source = server.max_clients;  /* all of them are one source */
  if (opts_has(&given, "listen-fds")) server_adopt_announced(&server);
  else server_adopt(&server, 0);
  require_ipc(&server);
  if (opts_has(&given, "unlink-at-exit")) ipc_paths_remember(&paths, &server);
  server_program(&server, argv, opts_has(&given, "portable-launch"));
  server_use_rules(&server, &rules, &given, JUDGED_BY_IDS);
  server_begin(&server, ready_line(&line, &server, &given));
  code = server_run(&server);
  ipc_paths_remove(&paths, &server);
  return code;
}
