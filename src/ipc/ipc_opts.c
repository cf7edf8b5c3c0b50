/* The options of the IPC family. */

#include <errno.h>
#include <string.h>

#include "daemon_opts.h"
#include "die.h"
#include "ipc_opts.h"
#include "number.h"
#include "proxy_send.h"

enum { BIND = IPC_SERVER | IPC_BINDER, SERVE = IPC_SERVER | IPC_DAEMON };

static int is_owner(char const *word)
{
  uid_t uid;
  gid_t gid;
  return !owner_parse(word, &uid, &gid);
}

static struct kind const kind_owner = { is_owner, "a user id, a colon and a group id", 0 };

static int is_own_end(char const *word)
{
  return !word[0] || kind_local.accepts(word);
}

/* An empty path: the end stays without a name. */
static struct kind const kind_own_end = { is_own_end, "a path, or @ and a name", 0 };

static struct program const programs[] =
{
  { IPC_SERVER, "s6-ipcserver", "path prog...", 2, "Bind to a Unix-domain path and run prog for each client." },
  { IPC_BINDER, "s6-ipcserver-socketbinder", "path prog...", 2, "Bind a Unix-domain socket on fd 0, then run prog." },
  { IPC_DAEMON, "s6-ipcserverd", "prog...", 1, "Run prog for each client of the listening socket on fd 0." },
  { IPC_ACCESS, "s6-ipcserver-access", "prog...", 1, "Run prog if access rules allow the client on fd 0." },
  { IPC_CLIENT, "s6-ipcclient", "path prog...", 2, "Connect to a Unix-domain path, then run prog with the connection on fds 6 and 7." },
  { 0, 0, 0, 0, 0 }
};

static struct opt const table[] =
{
  OPTS_VERBOSITY(IPC_SERVER, IPC_DAEMON),
  OPTS_DAEMON_VERBOSITY(IPC_DAEMON),
  OPTS_CLIENT_VERBOSITY(IPC_CLIENT),
  { 'p', "local-path", "PATH", &kind_own_end, IPC_CLIENT, IPC_CLIENT, 0, "bind the client's end to this path" },
  { 'l', "local-name", "NAME", &kind_any, IPC_CLIENT, IPC_CLIENT, 0, "the value of IPCLOCALPATH" },
  { 0, "timeout", "MS", &kind_millis, IPC_CLIENT, IPC_CLIENT, 0, "give up after MS milliseconds; 0: never (default)" },
  OPTS_SEND_PROXY(IPC_CLIENT),
  { '1', "announce", 0, 0, SERVE, IPC_DAEMON, 0, "write the path to stdout when ready" },
  { 'P', "no-credentials", 0, 0, SERVE, IPC_DAEMON, 0, "do not look up the ids of clients" },
  { 'p', "credentials", 0, 0, SERVE, IPC_DAEMON, 0, "look up the ids of clients (default)" },
  OPTS_LIMITS(SERVE, IPC_DAEMON),
  { 'b', "backlog", "N", &kind_backlog, IPC_SERVER, IPC_BINDER, 0, "let N clients wait for accept; 0 means 1" },
  OPTS_BACKLOG(IPC_BINDER, IPC_BINDER),
  { 'd', "reuse-address", 0, 0, BIND, IPC_BINDER, 0, "replace a socket that no process serves (default)" },
  { 'D', "no-reuse-address", 0, 0, BIND, IPC_BINDER, 0, "replace nothing" },
  { 'M', "stream", 0, 0, IPC_BINDER, IPC_BINDER, 0, "make a stream socket (default)" },
  { 'm', "datagram", 0, 0, IPC_BINDER, IPC_BINDER, 0, "make a datagram socket" },
  { 0, "seqpacket", 0, 0, BIND, IPC_BINDER, 0, "make a seqpacket socket" },
  { 'a', "mode", "MODE", &kind_socket_mode, BIND, IPC_BINDER, 0, "who may connect: mode of the path, octal (0777)" },
  { 0, "owner", "UID:GID", &kind_owner, BIND, IPC_BINDER, 0, "owner and group of the path" },
  { 'B', "block", 0, 0, IPC_BINDER, IPC_BINDER, 0, "make a blocking socket" },
  OPTS_IDENTITY(IPC_SERVER, IPC_IDENTITY),
  OPTS_ENV_IDS(IPC_SERVER, IPC_IDENTITY),
  OPTS_IDENTITY_MORE(IPC_SERVER, IPC_IDENTITY),
  { 0, "unlink-at-exit", 0, 0, SERVE, IPC_DAEMON, 0, "remove the path when the server ends" },
  OPTS_RULES(SERVE, IPC_DAEMON),
  OPTS_LISTEN_FDS(IPC_DAEMON),
  OPTS_ENGINE(SERVE, IPC_DAEMON),
  OPTS_ACCESS_VERBOSITY(IPC_ACCESS),
  { 'e', "environment", 0, 0, IPC_ACCESS, IPC_ACCESS, 0, "set IPCLOCALPATH (default)" },
  { 'E', "no-environment", 0, 0, IPC_ACCESS, IPC_ACCESS, 0, "remove the variables that describe the connection" },
  { 'l', "local-name", "NAME", &kind_any, IPC_ACCESS, IPC_ACCESS, 0, "the value of IPCLOCALPATH" },
  OPTS_RULES(IPC_ACCESS, IPC_ACCESS),
  { 0, 0, 0, 0, 0, 0, 0, 0 }
};

struct opts_family const ipc_opts = { programs, table };

int owner_parse(char const *word, uid_t *uid, gid_t *gid)
{
  char user[24];
  uint64_t u, g;
  size_t length = strcspn(word, ":");
  if (!word[length] || length >= sizeof user) return (errno = EINVAL, -1);
  memcpy(user, word, length);
  user[length] = 0;
  if (number_parse(user, 10, ID_MAX, &u) == -1 || number_parse(word + length + 1, 10, ID_MAX, &g) == -1) return -1;
  *uid = (uid_t)u;
  *gid = (gid_t)g;
  return 0;
}

void require_path(struct opts const *o, char const *path)
{
  require_operand("path", path, &kind_local);
  if (path[0] != '@') return;
  if (opts_has(o, "mode")) die_usage("--mode needs a path in the file system, not '", path, "'");
  if (opts_has(o, "owner")) die_usage("--owner needs a path in the file system, not '", path, "'");
}

int require_credentials_for_rules(struct opts const *o)
{
  int ask = opts_switch(o, "credentials", "no-credentials", 1);
  if (ask) return 1;
  if (opts_has(o, "rules-dir") || opts_has(o, "rules-cdb")) die_usage("access rules need to know who the clients are: -P cannot be given with -i or -x");
  return 0;
}
