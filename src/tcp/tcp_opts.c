/* The options of the TCP family. */

#include "daemon_opts.h"
#include "tcp_opts.h"

enum { BIND = TCP_SERVER | TCP_BINDER, SERVE = TCP_SERVER | TCP_DAEMON };

static struct program const programs[] =
{
  { TCP_SERVER, "s6-tcpserver", "ip port prog...", 3, "Bind to a TCP address and run prog for each client." },
  { TCP_BINDER, "s6-tcpserver-socketbinder", "ip port prog...", 3, "Bind a TCP or UDP socket on fd 0, then run prog." },
  { TCP_DAEMON, "s6-tcpserverd", "prog...", 1, "Run prog for each client of the listening socket on fd 0." },
  { 0, 0, 0, 0, 0 }
};

static struct opt const table[] =
{
  OPTS_VERBOSITY(TCP_SERVER, TCP_DAEMON),
  OPTS_DAEMON_VERBOSITY(TCP_DAEMON),
  { '1', "announce", 0, 0, SERVE, TCP_DAEMON, 0, "write the port to stdout when ready" },
  OPTS_LIMITS(SERVE, TCP_DAEMON),
  OPTS_PREFIXES(SERVE, TCP_DAEMON),
  OPTS_BACKLOG(BIND, TCP_BINDER),
  { 'd', "reuse-address", 0, 0, BIND, TCP_BINDER, 0, "allow rebinding at once (default)" },
  { 'D', "no-reuse-address", 0, 0, BIND, TCP_BINDER, 0, "do not allow rebinding at once" },
  { 'M', "tcp", 0, 0, TCP_BINDER, TCP_BINDER, 0, "make a TCP socket (default)" },
  { 'm', "udp", 0, 0, TCP_BINDER, TCP_BINDER, 0, "make a UDP socket" },
  { 'B', "block", 0, 0, TCP_BINDER, TCP_BINDER, 0, "make a blocking socket" },
  { 0, "reuse-port", 0, 0, BIND, TCP_BINDER, 0, "let several listeners share the port" },
  { 0, "bind-to-any", 0, 0, BIND, TCP_BINDER, 0, "bind even if no interface has the address" },
  { 0, "combine4and6", 0, 0, BIND, TCP_BINDER, 0, "let an IPv6 listener serve IPv4 too" },
  { 0, "keepalive", 0, 0, BIND, TCP_BINDER, 0, "probe idle connections" },
  { 0, "device", "IF", &kind_interface, BIND, TCP_BINDER, 0, "serve only this network interface" },
  { 0, "defer", "SECONDS", &kind_seconds, BIND, TCP_BINDER, 0, "accept only when data has come" },
  { 0, "mptcp", 0, 0, BIND, TCP_BINDER, 0, "use Multipath TCP" },
  OPTS_IDENTITY(TCP_SERVER, TCP_IDENTITY),
  OPTS_ENV_IDS(TCP_SERVER, TCP_IDENTITY),
  OPTS_IDENTITY_MORE(TCP_SERVER, TCP_IDENTITY),
  OPTS_LISTEN_FDS(TCP_DAEMON),
  OPTS_LAUNCH(SERVE, TCP_DAEMON),
  { 0, 0, 0, 0, 0, 0, 0, 0 }
};

struct opts_family const tcp_opts = { programs, table };
