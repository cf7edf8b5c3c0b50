/* The options of the TLS server. */

#include "daemon_opts.h"
#include "liveness.h"
#include "tls_rows.h"
#include "tlsserver_opts.h"

enum
{
  W = TLSSERVER,
  SERVE = TLSSERVER | TLSSERVER_DAEMON,
  KEYS = TLSSERVER | TLSSERVER_DAEMON | TLSSERVER_HOLDER,
  BOTH = TLSSERVER_TLS | TLSSERVER_HOLDER
};

static struct program const programs[] =
{
  { TLSSERVER, "s6-tlsserver", "ip port prog...", 3, "Bind to a TCP address and run prog for each TLS client." },
  { TLSSERVER_HOLDER, "s6-tlskeyholder", "prog...", 1, "Keep the keys in a process of their own, then run prog." },
  { TLSSERVER_DAEMON, "s6-tlsserverd", "prog...", 1, "Run prog for each TLS client of the listening socket on fd 0." },
  { 0, 0, 0, 0, 0 }
};

/* Rows that s6-tcpserver-access acts on. */
#define ACCESS(letter, name, help) { (letter), (name), 0, 0, W, TLSSERVER_ACCESS, 0, (help) }
#define ACCESS_WITH(letter, name, argument, kind, help) { (letter), (name), (argument), (kind), W, TLSSERVER_ACCESS, 0, (help) }

static struct opt const table[] =
{
  OPTS_VERBOSITY(W, TLSSERVER_SELF),
  OPTS_DAEMON_VERBOSITY(TLSSERVER_DAEMON | TLSSERVER_HOLDER),
  { '1', "announce", 0, 0, SERVE, TLSSERVER_DAEMON, 0, "write the port to stdout when ready" },
  OPTS_LIMITS(SERVE, TLSSERVER_DAEMON),
  OPTS_PREFIXES(SERVE, TLSSERVER_DAEMON),
  { 'b', "backlog", "N", &kind_waiting, W, TLSSERVER_BINDER, 0, "let N clients wait for accept" },
  OPTS_LIVENESS(W, TLSSERVER_BINDER),
  { 'u', "uid", "UID", &kind_id, W, TLSSERVER_IDENTITY, 0, "change to this user id" },
  { 'g', "gid", "GID", &kind_id, W, TLSSERVER_IDENTITY, 0, "change to this group id" },
  /* Not "groups", as elsewhere: that is a word of TLS here. */
  { 'G', "gidlist", "LIST", &kind_ids, W, TLSSERVER_IDENTITY, 0, "change to these supplementary groups" },
  OPTS_ENV_IDS(W, TLSSERVER_IDENTITY),
  OPTS_RULES(SERVE, TLSSERVER_RULES),
  OPTS_LISTEN_FDS(TLSSERVER_DAEMON),
  ACCESS('W', "lenient", "go on where a lookup fails (default)"),
  ACCESS('w', "strict", "refuse a client where a lookup fails"),
  { 'd', "nagle", 0, 0, W, TLSSERVER_SELF, 0, "let TCP collect small pieces of data (default)" },
  { 'D', "no-nagle", 0, 0, W, TLSSERVER_ACCESS, "-D", "send small pieces of data at once" },
  ACCESS('H', "no-names", "look up no names"),
  ACCESS('h', "hosts", "ask the hosts file before the name servers"),
  ACCESS('R', "no-remote-info", "do not ask for the connection's owner (default)"),
  ACCESS('r', "remote-info", "ask the client's host for the connection's owner"),
  ACCESS('P', "no-paranoid", "ignore a name that does not lead back (default)"),
  ACCESS('p', "paranoid", "refuse a name that does not lead back"),
  ACCESS_WITH('l', "local-name", "NAME", &kind_text, "the value of TCPLOCALHOST"),
  ACCESS_WITH('B', "banner", "TEXT", &kind_text, "write this before TLS begins; several add up"),
  ACCESS_WITH('t', "timeout", "MS", &kind_millis, "decide within MS ms; 0: no limit (default)"),
  OPTS_TLS_CLOSING(SERVE, TLSSERVER_TLS),
  OPTS_TLS_CLIENT_CERT(SERVE, TLSSERVER_TLS),
  OPTS_TLS_SNI(KEYS, BOTH),
  OPTS_TLS_KEEP(KEYS, BOTH),
  OPTS_TLS_WORDS(SERVE, TLSSERVER_TLS),
  OPTS_TLS_TICKETS(SERVE, TLSSERVER_TLS),
  { 0, "chain", 0, 0, W, TLSSERVER_SELF, 0, "run a chain of programs for each client" },
  { 'L', "proxy-header", 0, 0, W, TLSSERVER_DAEMON, "--proxy=any", "read a PROXY header first: --proxy=any" },
  OPTS_ENGINE(SERVE, TLSSERVER_DAEMON),
  { 0, 0, 0, 0, 0, 0, 0, 0 }
};

struct opts_family const tlsserver_opts = { programs, table };
