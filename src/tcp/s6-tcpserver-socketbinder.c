/* The binder: a TCP or UDP socket on fd 0, bound, usually listening, for the next program. */

#include <limits.h>
#include <sys/socket.h>

#include "address.h"
#include "bind_inet.h"
#include "chain.h"
#include "die.h"
#include "tcp_opts.h"

/* Without a backlog: all that the system allows, which it cuts this down to. SOMAXCONN is a guess of the C library. */
static void settings_read(struct inet_settings *s, struct opts const *o)
{
  s->type = opts_switch(o, "udp", "tcp", 0) ? SOCK_DGRAM : SOCK_STREAM;
  if (s->type == SOCK_DGRAM && liveness_given(o)) die_usage("--", liveness_given(o), " is for TCP sockets");
  s->backlog = (int)opts_number(o, "backlog", s->type == SOCK_STREAM ? INT_MAX : 0);
  s->nonblocking = !opts_has(o, "block");
  s->reuse_address = opts_switch(o, "reuse-address", "no-reuse-address", 1);
  s->reuse_port = opts_has(o, "reuse-port");
  s->bind_to_any = opts_has(o, "bind-to-any");
  s->combine4and6 = opts_has(o, "combine4and6");
  liveness_read(&s->liveness, o);
  s->mptcp = opts_has(o, "mptcp");
  s->device = opts_value(o, "device", 0);
  s->defer = (unsigned int)opts_number(o, "defer", 0);
}

int main(int argc, char const *const *argv)
{
  struct opts given;
  struct inet_settings settings;
  struct address address;
  (void)argc;

  argv = opts_parse(&given, &tcp_opts, TCP_BINDER, argv);
  require_address(&address, argv[0], argv[1]);
  require_program(argv + 2);
  settings_read(&settings, &given);
  require_settings(&settings, &address);

  bind_inet_or_die(0, &settings, &address, argv[0], argv[1]);
  chain_become(argv + 2);
}
