/* The options of the connectors. */

#include "connect_opts.h"
#include "number.h"
#include "proxy_send.h"

enum { INET = CONNECT_TCP | CONNECT_UDP, ALL = INET | CONNECT_LOCAL };

static struct program const programs[] =
{
  { CONNECT_TCP, "tcp-socket-connect", "host service prog...", 3, "Connect to a TCP service, then run prog with the connection on fds 6 and 7." },
  { CONNECT_UDP, "udp-socket-connect", "host service prog...", 3, "Connect a UDP socket to a service, then run prog with it on fds 6 and 7." },
  { CONNECT_LOCAL, "local-stream-socket-connect", "path prog...", 2, "Connect to a Unix-domain socket, then run prog with it on fds 6 and 7." },
  { CONNECT_BRIDGE, "s6-ioconnect", "", 0, "Copy from fd 0 to fd 7 and from fd 6 to fd 1 until both have ended." },
  { 0, 0, 0, 0, 0 }
};

/* A row that one program both accepts and acts on. */
#define OPT(programs, letter, name, help) { (letter), (name), 0, 0, (programs), (programs), 0, (help) }
#define OPT_WITH(programs, letter, name, argument, kind, help) { (letter), (name), (argument), (kind), (programs), (programs), 0, (help) }

static struct opt const table[] =
{
  OPT(ALL, 'v', "verbose", "say who is connected"),
  OPT(CONNECT_TCP, 'k', "keepalives", "probe the connection while it is idle"),
  OPT(CONNECT_TCP, 0, "no-keepalives", "do not probe it (default)"),
  OPT(INET, 'o', "no-kill-IP-options", "ignored: a new socket has none"),
  OPT(CONNECT_TCP, 'D', "no-delay", "send small pieces of data at once"),
  OPT(INET, 'H', "numeric-host", "host is an address, not a name"),
  OPT(INET, 0, "numeric-service", "service is a port number, not a name"),
  OPT(INET, 0, "check-interfaces", "ignore IP versions that no interface has"),
  OPT_WITH(INET, 'l', "local-name", "NAME", &kind_any, "what the variable LOCALHOST is to say"),
  OPT_WITH(INET, 0, "local-host", "NAME", &kind_any, "the same as --local-name"),
  OPT_WITH(INET, 'i', "local-address", "IP", &kind_text, "connect from this address"),
  OPT_WITH(INET, 'p', "local-port", "PORT", &kind_port, "connect from this port"),
  OPT_WITH(CONNECT_LOCAL, 'l', "local-path", "PATH", &kind_local, "bind the client's end to this path"),
  OPTS_SEND_PROXY(CONNECT_TCP | CONNECT_LOCAL),
  OPT_WITH(ALL, 0, "timeout", "MS", &kind_millis, "give up after MS milliseconds; 0: never (default)"),
  OPT_WITH(CONNECT_BRIDGE, 't', "timeout", "MS", &kind_millis, "end after MS idle milliseconds; 0: never (default)"),
  OPT_WITH(CONNECT_BRIDGE, 'r', "read-fd", "FD", &kind_inherited, "read from this descriptor (6)"),
  OPT_WITH(CONNECT_BRIDGE, 'w', "write-fd", "FD", &kind_inherited, "write to this descriptor (7)"),
  OPT(CONNECT_BRIDGE, '0', "socket-0", "ignored: sockets are recognised"),
  OPT(CONNECT_BRIDGE, '1', "socket-1", "ignored"),
  OPT(CONNECT_BRIDGE, '6', "socket-6", "ignored"),
  OPT(CONNECT_BRIDGE, '7', "socket-7", "ignored"),
  { 0, 0, 0, 0, 0, 0, 0, 0 }
};

struct opts_family const connect_opts = { programs, table };
