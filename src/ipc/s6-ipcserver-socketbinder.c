/* The binder: a Unix-domain socket on fd 0, bound, usually listening, for the next program. */

#include <limits.h>
#include <string.h>
#include <sys/socket.h>

#include "bind_local.h"
#include "chain.h"
#include "ipc_opts.h"

/* The last one given counts. */
static int type_of(struct opts const *o)
{
  int type = SOCK_STREAM;
  size_t i = 0;
  for (; i < o->count; i++)
  {
    char const *name = o->given[i].opt->name;
    if (!strcmp(name, "stream")) type = SOCK_STREAM;
    else if (!strcmp(name, "datagram")) type = SOCK_DGRAM;
    else if (!strcmp(name, "seqpacket")) type = SOCK_SEQPACKET;
  }
  return type;
}

/* Without a backlog: all that the system allows, which it cuts this down to. SOMAXCONN is a guess of the C library. */
static void settings_read(struct local_settings *s, struct opts const *o)
{
  char const *owner = opts_value(o, "owner", 0);
  s->type = type_of(o);
  s->backlog = (int)opts_number(o, "backlog", s->type == SOCK_DGRAM ? 0 : INT_MAX);
  s->nonblocking = !opts_has(o, "block");
  s->replace = opts_switch(o, "reuse-address", "no-reuse-address", 1);
  s->has_mode = 1;
  s->mode = opts_octal(o, "mode", 0777);
  if (owner) owner_parse(owner, &s->uid, &s->gid);
}

int main(int argc, char const *const *argv)
{
  struct opts given;
  struct local_settings settings = LOCAL_SETTINGS;
  (void)argc;

  argv = opts_parse(&given, &ipc_opts, IPC_BINDER, argv);
  require_path(&given, argv[0]);
  require_program(argv + 1);
  settings_read(&settings, &given);

  bind_local_or_die(0, &settings, argv[0]);
  chain_become(argv + 1);
}
