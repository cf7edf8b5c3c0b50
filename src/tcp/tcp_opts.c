/* The options of the TCP family. */

#include <errno.h>
#include <string.h>

#include "daemon_opts.h"
#include "liveness.h"
#include "number.h"
#include "proxy_send.h"
#include "tcp_opts.h"

enum { BIND = TCP_SERVER | TCP_BINDER, SERVE = TCP_SERVER | TCP_DAEMON };

static int is_attempt(char const *word)
{
  uint64_t n;
  return !attempt_parse(word, &n);
}

static struct kind const kind_attempt = { is_attempt, "seconds, or two numbers of seconds joined by a plus", 0 };

static struct program const programs[] =
{
  { TCP_SERVER, "s6-tcpserver", "ip port prog...", 3, "Bind to a TCP address and run prog for each client." },
  { TCP_BINDER, "s6-tcpserver-socketbinder", "ip port prog...", 3, "Bind a TCP or UDP socket on fd 0, then run prog." },
  { TCP_DAEMON, "s6-tcpserverd", "prog...", 1, "Run prog for each client of the listening socket on fd 0." },
  { TCP_ACCESS, "s6-tcpserver-access", "prog...", 1, "Run prog if access rules allow the client on fd 0." },
  { TCP_CLIENT, "s6-tcpclient", "host port prog...", 3, "Connect to a TCP server, then run prog with the connection on fds 6 and 7." },
  { 0, 0, 0, 0, 0 }
};

static struct opt const table[] =
{
  OPTS_VERBOSITY(TCP_SERVER, TCP_DAEMON),
  OPTS_DAEMON_VERBOSITY(TCP_DAEMON),
  { '1', "announce", 0, 0, SERVE, TCP_DAEMON, 0, "write the port to stdout when ready" },
  OPTS_LIMITS(SERVE, TCP_DAEMON),
  OPTS_PREFIXES(SERVE, TCP_DAEMON),
  { 'b', "backlog", "N", &kind_waiting, TCP_SERVER, TCP_BINDER, 0, "let N clients wait for accept" },
  OPTS_BACKLOG(TCP_BINDER, TCP_BINDER),
  { 'd', "reuse-address", 0, 0, BIND, TCP_BINDER, 0, "allow rebinding at once (default)" },
  { 'D', "no-reuse-address", 0, 0, BIND, TCP_BINDER, 0, "do not allow rebinding at once" },
  { 'M', "tcp", 0, 0, TCP_BINDER, TCP_BINDER, 0, "make a TCP socket (default)" },
  { 'm', "udp", 0, 0, TCP_BINDER, TCP_BINDER, 0, "make a UDP socket" },
  { 'B', "block", 0, 0, TCP_BINDER, TCP_BINDER, 0, "make a blocking socket" },
  { 0, "reuse-port", 0, 0, BIND, TCP_BINDER, 0, "let several listeners share the port" },
  { 0, "bind-to-any", 0, 0, BIND, TCP_BINDER, 0, "bind even if no interface has the address" },
  { 0, "combine4and6", 0, 0, BIND, TCP_BINDER, 0, "let an IPv6 listener serve IPv4 too" },
  { 0, "keepalive", 0, 0, BIND, TCP_BINDER, 0, "probe idle connections" },
  OPTS_LIVENESS(BIND, TCP_BINDER),
  { 0, "device", "IF", &kind_interface, BIND, TCP_BINDER, 0, "serve only this network interface" },
  { 0, "defer", "SECONDS", &kind_seconds, BIND, TCP_BINDER, 0, "accept only when data has come" },
  { 0, "mptcp", 0, 0, BIND, TCP_BINDER, 0, "use Multipath TCP" },
  OPTS_IDENTITY(TCP_SERVER, TCP_IDENTITY),
  OPTS_ENV_IDS(TCP_SERVER, TCP_IDENTITY),
  OPTS_IDENTITY_MORE(TCP_SERVER, TCP_IDENTITY),
  OPTS_RULES(SERVE, TCP_DAEMON),
  OPTS_LISTEN_FDS(TCP_DAEMON),
  OPTS_ENGINE(SERVE, TCP_DAEMON),
  OPTS_CLIENT_VERBOSITY(TCP_CLIENT),
  { '4', "ipv4", 0, 0, TCP_CLIENT, TCP_CLIENT, 0, "connect to IPv4 addresses only" },
  { '6', "ipv6", 0, 0, TCP_CLIENT, TCP_CLIENT, 0, "connect to IPv6 addresses only" },
  { 'd', "delay", 0, 0, TCP_CLIENT, TCP_CLIENT, 0, "let TCP collect small pieces of data (default)" },
  { 'D', "no-delay", 0, 0, TCP_CLIENT, TCP_CLIENT, 0, "send small pieces of data at once" },
  { 'r', "remote-info", 0, 0, TCP_CLIENT, TCP_CLIENT, 0, "ask the server's host for the connection's owner" },
  { 'R', "no-remote-info", 0, 0, TCP_CLIENT, TCP_CLIENT, 0, "do not ask (default)" },
  { 'h', "hosts", 0, 0, TCP_CLIENT, TCP_CLIENT, 0, "ask the hosts file before the name servers" },
  { 'H', "numeric-host", 0, 0, TCP_CLIENT, TCP_CLIENT, 0, "look up no names: host is addresses" },
  { 'n', "search", 0, 0, TCP_CLIENT, TCP_CLIENT, 0, "complete short names by the search list" },
  { 'N', "no-search", 0, 0, TCP_CLIENT, TCP_CLIENT, 0, "look up host as it is (default)" },
  { 't', "deadline", "SECONDS", &kind_seconds, TCP_CLIENT, TCP_CLIENT, 0, "give up after so many seconds; 0: never (default)" },
  { 0, "timeout", "MS", &kind_millis, TCP_CLIENT, TCP_CLIENT, 0, "the same in milliseconds" },
  { 'T', "attempt-timeout", "X+Y", &kind_attempt, TCP_CLIENT, TCP_CLIENT, 0, "seconds for each address (2+58)" },
  { 'l', "local-name", "NAME", &kind_any, TCP_CLIENT, TCP_CLIENT, 0, "the value of TCPLOCALHOST" },
  { 'i', "local-address", "IP", &kind_text, TCP_CLIENT, TCP_CLIENT, 0, "connect from this address" },
  { 'p', "local-port", "PORT", &kind_port, TCP_CLIENT, TCP_CLIENT, 0, "connect from this port" },
  OPTS_SEND_PROXY(TCP_CLIENT),
  OPTS_ACCESS_VERBOSITY(TCP_ACCESS),
  { 'W', "lenient", 0, 0, TCP_ACCESS, TCP_ACCESS, 0, "go on where a lookup fails (default)" },
  { 'w', "strict", 0, 0, TCP_ACCESS, TCP_ACCESS, 0, "refuse a client where a lookup fails" },
  { 'd', "delay", 0, 0, TCP_ACCESS, TCP_ACCESS, 0, "let TCP collect small pieces of data (default)" },
  { 'D', "no-delay", 0, 0, TCP_ACCESS, TCP_ACCESS, 0, "send small pieces of data at once" },
  { 'H', "no-names", 0, 0, TCP_ACCESS, TCP_ACCESS, 0, "look up no names" },
  { 'h', "hosts", 0, 0, TCP_ACCESS, TCP_ACCESS, 0, "ask the hosts file before the name servers" },
  { 'R', "no-remote-info", 0, 0, TCP_ACCESS, TCP_ACCESS, 0, "do not ask for the connection's owner (default)" },
  { 'r', "remote-info", 0, 0, TCP_ACCESS, TCP_ACCESS, 0, "ask the client's host for the connection's owner" },
  { 'P', "no-paranoid", 0, 0, TCP_ACCESS, TCP_ACCESS, 0, "ignore a name that does not lead back (default)" },
  { 'p', "paranoid", 0, 0, TCP_ACCESS, TCP_ACCESS, 0, "refuse a name that does not lead back" },
  { 'l', "local-name", "NAME", &kind_any, TCP_ACCESS, TCP_ACCESS, 0, "the value of TCPLOCALHOST" },
  { 'B', "banner", "TEXT", &kind_any, TCP_ACCESS, TCP_ACCESS, 0, "write this to the client first; several add up" },
  { 't', "timeout", "MS", &kind_millis, TCP_ACCESS, TCP_ACCESS, 0, "decide within MS ms; 0: no limit (default)" },
  OPTS_RULES(TCP_ACCESS, TCP_ACCESS),
  { 0, 0, 0, 0, 0, 0, 0, 0 }
};

struct opts_family const tcp_opts = { programs, table };

int attempt_parse(char const *word, uint64_t *milliseconds)
{
  char first[24];
  uint64_t x, y = 0;
  size_t length = strcspn(word, "+");
  if (length >= sizeof first) return (errno = ERANGE, -1);
  memcpy(first, word, length);
  first[length] = 0;
  if (number_clamp(first, 10, 1000000, &x) == -1) return -1;
  if (word[length] && number_clamp(word + length + 1, 10, 1000000, &y) == -1) return -1;
  *milliseconds = 1000 * (x + y);
  return 0;
}
