/* The options of the listeners. */

#include "listen_opts.h"
#include "listenfds.h"
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

#define ROW(letter, name, argument, kind, programs, help) { letter, name, argument, kind, (programs), (programs), 0, help }

static struct opt const table[] =
{
  ROW('H', "numeric-host", 0, 0, INET, "do not look up host: it is an address"),
  ROW(0, "numeric-service", 0, 0, INET, "do not look up service: it is a port number"),
  ROW(0, "check-interfaces", 0, 0, INET, "only IP versions that an interface has"),
  ROW('b', "backlog", "N", &kind_backlog, BACKLOG, "let N clients wait for accept (5)"),
  ROW(0, "reuse-address", 0, 0, INET, "allow rebinding at once (TCP: default)"),
  ROW(0, "no-reuse-address", 0, 0, INET, "do not allow rebinding at once (UDP: default)"),
  ROW(0, "reuse-port", 0, 0, INET, "let several listeners share the port"),
  ROW(0, "bind-to-any", 0, 0, INET, "bind even if no interface has the address"),
  ROW(0, "combine4and6", 0, 0, INET, "let an IPv6 listener serve IPv4 too"),
  ROW('1', "announce", 0, 0, INET, "write the port to stdout when ready"),
  ROW('u', "uid", "UID", &kind_id, LOCAL, "give the path to this user id"),
  ROW('g', "gid", "GID", &kind_id, LOCAL, "give the path to this group id"),
  ROW(0, "user", "NAME", &kind_text, LOCAL, "give the path to this user"),
  ROW(0, "group", "NAME", &kind_text, LOCAL, "give the path to this group"),
  ROW('m', "mode", "MODE", &kind_socket_mode, LOCAL, "permissions of the path, octal"),
  ROW(0, "raw", 0, 0, LISTEN_NETLINK, "make a raw socket"),
  ROW(0, "receive-buffer-size", "BYTES", &kind_bytes, LISTEN_NETLINK, "let the kernel queue that much"),
  ROW(0, "pass-credentials", 0, 0, SENDERS, "receive who sent a message"),
  ROW(0, "pass-security", 0, 0, SENDERS, "receive the security context of the sender"),
  ROW(0, "systemd-compatibility", 0, 0, EVERY, "add the socket to LISTEN_FDS"),
  ROW(0, "name", "NAME", &kind_name, EVERY, "with the above: its name in LISTEN_FDNAMES"),
  ROW(0, "upstart-compatibility", 0, 0, EVERY, "set UPSTART_FDS and UPSTART_EVENTS"),
  { 0, 0, 0, 0, 0, 0, 0, 0 }
};

struct opts_family const listen_opts = { programs, table };
