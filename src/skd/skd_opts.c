/* The options of skd, and what their arguments may be. */

#include <string.h>

#include "daemon_opts.h"
#include "endpoint.h"
#include "liveness.h"
#include "log_spec.h"
#include "skd_opts.h"

static int is_endpoint(char const *word)
{
  struct endpoint e;
  return endpoint_parse(&e, word) == 0;
}

static int is_log(char const *word)
{
  struct log_spec spec;
  return log_spec_parse(&spec, word) == 0;
}

static int is_clients(char const *word) { return kind_count.accepts(word) && strcmp(word, "0"); }

static struct kind const kind_endpoint =
  { is_endpoint, "PORT, HOST:PORT or [IPV6]:PORT, the port a number up to 65535 or a service name", 0 };
static struct kind const kind_log = { is_log, "TAG, TAG:FACILITY.PRIORITY, >FILE or >>FILE", 0 };
static struct kind const kind_clients = { is_clients, "a number from 1 to 1000000", 1000000 };

static struct program const programs[] =
{
  { SKD, "skd", "prog...", 1, "Serve TCP, UDP and Unix-domain sockets, or run prog, as a daemon." },
  { 0, 0, 0, 0, 0 }
};

static struct opt const table[] =
{
  { 'i', "internet", "[HOST:]PORT", &kind_endpoint, SKD, SKD, 0, "bind an internet socket" },
  { 'l', "local", "PATH", &kind_local, SKD, SKD, 0, "bind a Unix-domain socket" },
  { 'x', "unix", "PATH", &kind_local, SKD, SKD, 0, "the same as -l" },
  { 's', "stream", 0, 0, SKD, SKD, 0, "the next -i, -l, -x are stream sockets (default)" },
  { 'd', "datagram", 0, 0, SKD, SKD, 0, "the next -i, -l, -x are datagram sockets" },
  { 't', "tcp", "[HOST:]PORT", &kind_endpoint, SKD, SKD, 0, "bind a TCP socket" },
  { 'u', "udp", "[HOST:]PORT", &kind_endpoint, SKD, SKD, 0, "bind a UDP socket" },
  { 'b', "backlog", "N", &kind_waiting, SKD, SKD, 0, "let N clients wait for accept (10)" },
  { 'c', "max-clients", "N", &kind_clients, SKD, SKD, 0, "serve at most N stream clients at once" },
  { 'C', "max-per-source", "N", &kind_clients, SKD, SKD, 0, "at most N of the same source" },
  OPTS_PREFIXES(SKD, SKD),
  OPTS_LIVENESS(SKD, SKD),
  { 'n', "no-delay", 0, 0, SKD, SKD, 0, "set TCP_NODELAY on each TCP connection" },
  { 0, "mode", "MODE", &kind_socket_mode, SKD, SKD, 0, "permissions of -l and -x, in octal" },
  { 'v', "verbose", 0, 0, SKD, SKD, 0, "log every connection and first datagram" },
  { 'B', "background", 0, 0, SKD, SKD, 0, "run in the background, in a session of its own" },
  { 'L', "log", "SPEC", &kind_log, SKD, SKD, 0, "log to TAG[:FACILITY.PRIORITY], >FILE or >>FILE" },
  { 'P', "pid-file", "FILE", &kind_text, SKD, SKD, 0, "keep the process id in FILE" },
  { 'S', "supervise", 0, 0, SKD, SKD, 0, "without a socket: start prog again when it ends" },
  { 'U', "env-ids", 0, 0, SKD, SKD, 0, "change to $UID, $GID, $GIDLIST and into $ROOT" },
  { 0, "keep-groups", 0, 0, SKD, SKD, 0, "with -U, keep the supplementary groups" },
  OPTS_ENGINE(SKD, SKD),
  { 'V', "version", 0, 0, SKD, SKD, 0, "print the version and exit" },
  { 0, 0, 0, 0, 0, 0, 0, 0 }
};

struct opts_family const skd_opts = { programs, table };
