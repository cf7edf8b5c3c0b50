/* The options of the listeners. */

#include "listen_opts.h"
#include "listenfds.h"
#include "liveness.h"
#include "number.h"

enum
{
  INET = LISTEN_TCP | LISTEN_UDP,
  LOCAL = LISTEN_STREAM | LISTEN_DATAGRAM | LISTEN_SEQPACKET,
  BACKLOG = LISTEN_TCP | LISTEN_STREAM | LISTEN_SEQPACKET,
  SENDERS = LOCAL | LISTEN_NETLINK,
  EVERY = INET | SENDERS
};

static int is_bytes(char const *word)
{
  uint64_t n;
  return !number_parse(word, 10, INT32_MAX, &n) && n > 0;
}

static struct kind const kind_bytes = { is_bytes, "a number of bytes from 1 to 2147483647", 0 };
static struct kind const kind_name = { is_listenfd_name, "printable ASCII, at most 255 characters, without a colon", 0 };

static struct program const programs[] =
{
  { LISTEN_TCP, "tcp-socket-listen", "host service prog...", 3, "Listen to a TCP address, then run prog." },
  { LISTEN_UDP, "udp-socket-listen", "host service prog...", 3, "Bind a UDP socket, then run prog." },
  { LISTEN_STREAM, "local-stream-socket-listen", "path prog...", 2, "Listen to a Unix stream socket, then run prog." },
  { LISTEN_DATAGRAM, "local-datagram-socket-listen", "path prog...", 2, "Bind a Unix datagram socket, then run prog." },
  { LISTEN_SEQPACKET, "local-seqpacket-socket-listen", "path prog...", 2, "Listen to a Unix seqpacket socket, then run prog." },
  { LISTEN_NETLINK, "netlink-datagram-socket-listen", "protocol groups prog...", 3, "Bind a netlink socket, then run prog." },
  { 0, 0, 0, 0, 0 }
};

static struct opt const table[] =
{
  OPT_ROW(INET, 'H', "numeric-host", 0, 0, "do not look up host: it is an address"),
  OPT_ROW(INET, 0, "numeric-service", 0, 0, "do not look up service: it is a port number"),
  OPT_ROW(INET, 0, "check-interfaces", 0, 0, "only IP versions that an interface has"),
  OPT_ROW(BACKLOG, 'b', "backlog", "N", &kind_backlog, "let N clients wait for accept (5)"),
  OPT_ROW(INET, 0, "reuse-address", 0, 0, "allow rebinding at once (TCP: default)"),
  OPT_ROW(INET, 0, "no-reuse-address", 0, 0, "do not allow rebinding at once (UDP: default)"),
  OPT_ROW(INET, 0, "reuse-port", 0, 0, "let several listeners share the port"),
  OPT_ROW(INET, 0, "bind-to-any", 0, 0, "bind even if no interface has the address"),
  OPT_ROW(INET, 0, "combine4and6", 0, 0, "let an IPv6 listener serve IPv4 too"),
  OPTS_LIVENESS(LISTEN_TCP, LISTEN_TCP),
  OPT_ROW(INET, '1', "announce", 0, 0, "write the port to stdout when ready"),
  OPT_ROW(LOCAL, 'u', "uid", "UID", &kind_id, "give the path to this user id"),
  OPT_ROW(LOCAL, 'g', "gid", "GID", &kind_id, "give the path to this group id"),
  OPT_ROW(LOCAL, 0, "user", "NAME", &kind_text, "give the path to this user"),
  OPT_ROW(LOCAL, 0, "group", "NAME", &kind_text, "give the path to this group"),
  OPT_ROW(LOCAL, 'm', "mode", "MODE", &kind_socket_mode, "permissions of the path, octal"),
  OPT_ROW(LISTEN_NETLINK, 0, "raw", 0, 0, "make a raw socket"),
  OPT_ROW(LISTEN_NETLINK, 0, "receive-buffer-size", "BYTES", &kind_bytes, "let the kernel queue that much"),
  OPT_ROW(SENDERS, 0, "pass-credentials", 0, 0, "receive the ids of the sender"),
  OPT_ROW(SENDERS, 0, "pass-security", 0, 0, "receive the security context of the sender"),
  OPT_ROW(EVERY, 0, "systemd-compatibility", 0, 0, "add the socket to LISTEN_FDS"),
  OPT_ROW(EVERY, 0, "name", "NAME", &kind_name, "the name of the socket in LISTEN_FDNAMES"),
  OPT_ROW(EVERY, 0, "upstart-compatibility", 0, 0, "set UPSTART_FDS and UPSTART_EVENTS"),
  { 0, 0, 0, 0, 0, 0, 0, 0 }
};

struct opts_family const listen_opts = { programs, table };
