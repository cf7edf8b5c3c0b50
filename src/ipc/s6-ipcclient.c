/* The client: connects to a Unix-domain path, then becomes the next program. */

#include <string.h>

#include "chain.h"
#include "client.h"
#include "connect_local.h"
#include "deadline.h"
#include "die.h"
#include "ipc_opts.h"
#include "local_address.h"
#include "proxy_send.h"

/* The path that the client's own end has, usually none; without an answer the variable is removed. */
static void set_local_path(int fd, char const *name)
{
  struct address a;
  char space[LOCAL_TEXT_MAX];
  struct text path = TEXT_IN(space);
  memset(&a, 0, sizeof a);
  a.length = sizeof a.sa;
  if (!name && getsockname(fd, &a.sa.any, &a.length) == 0)
  {
    local_put(&path, &a);
    name = text_end(&path);
  }
  chain_env("IPCLOCALPATH", name);
}

int main(int argc, char const *const *argv)
{
  struct opts given;
  char const *from;
  int fd;
  (void)argc;

  argv = opts_parse(&given, &ipc_opts, IPC_CLIENT, argv);
  require_program(argv + 1);

  client_begin();
  from = opts_value(&given, "local-path", "");
  fd = connect_local_or_die(argv[0], from[0] ? from : 0, deadline_after(opts_number(&given, "timeout", 0)));
  if (client_verbosity(&given) >= 2) strerr_warni("connected to ", argv[0]);
  proxy_send(&given, fd);
  chain_env("PROTO", "IPC");
  set_local_path(fd, opts_value(&given, "local-name", 0));
  client_descriptors(fd);
  chain_become(argv + 1);
}
