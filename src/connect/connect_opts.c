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


static struct opt const table[] =
{
  OPT_ROW(ALL, 'v', "verbose", 0, 0, "print the ends of the connection"),
  OPT_ROW(CONNECT_TCP, 'k', "keepalives", 0, 0, "probe the connection while it is idle"),
  OPT_ROW(CONNECT_TCP, 0, "no-keepalives", 0, 0, "do not probe it (default)"),
  OPT_ROW(INET, 'o', "no-kill-IP-options", 0, 0, "ignored: a new socket has none"),
  OPT_ROW(CONNECT_TCP, 'D', "no-delay", 0, 0, "send small pieces of data at once"),
  OPT_ROW(INET, 'H', "numeric-host", 0, 0, "host is an address, not a name"),
  OPT_ROW(INET, 0, "numeric-service", 0, 0, "service is a port number, not a name"),
  OPT_ROW(INET, 0, "check-interfaces", 0, 0, "ignore IP versions that no interface has"),
  OPT_ROW(INET, 'l', "local-name", "NAME", &kind_any, "the value of the variable LOCALHOST"),
  OPT_ROW(INET, 0, "local-host", "NAME", &kind_any, "the same as --local-name"),
  OPT_ROW(INET, 'i', "local-address", "IP", &kind_text, "connect from this address"),
  OPT_ROW(INET, 'p', "local-port", "PORT", &kind_port, "connect from this port"),
  OPT_ROW(CONNECT_LOCAL, 'l', "local-path", "PATH", &kind_local, "bind the client's end to this path"),
  OPTS_SEND_PROXY(CONNECT_TCP | CONNECT_LOCAL),
  OPT_ROW(ALL, 0, "timeout", "MS", &kind_millis, "give up after MS milliseconds; 0: never (default)"),
  OPT_ROW(CONNECT_BRIDGE, 't', "timeout", "MS", &kind_millis, "end after MS idle milliseconds; 0: never (default)"),
  OPT_ROW(CONNECT_BRIDGE, 'r', "read-fd", "FD", &kind_inherited, "read from this descriptor (6)"),
  OPT_ROW(CONNECT_BRIDGE, 'w', "write-fd", "FD", &kind_inherited, "write to this descriptor (7)"),
  OPT_ROW(CONNECT_BRIDGE, '0', "socket-0", 0, 0, "ignored: sockets are recognised"),
  OPT_ROW(CONNECT_BRIDGE, '1', "socket-1", 0, 0, "ignored"),
  OPT_ROW(CONNECT_BRIDGE, '6', "socket-6", 0, 0, "ignored"),
  OPT_ROW(CONNECT_BRIDGE, '7', "socket-7", 0, 0, "ignored"),
  { 0, 0, 0, 0, 0, 0, 0, 0 }
};

struct opts_family const connect_opts = { programs, table };
