/* The options of the TLS programs. A row is of all programs that take it; the io programs act on most of them, and the
   others pass them on. */

#include "number.h"
#include "tls_opts.h"
#include "tls_rows.h"

enum
{
  SERVERS = TLS_SERVER_IO | TLS_SERVER_CHAIN | TLS_SERVER_UCSPI,
  CLIENTS = TLS_CLIENT_IO | TLS_CLIENT_CHAIN | TLS_CLIENT_UCSPI | TLS_CLIENT,
  ALL = SERVERS | CLIENTS,
  BOTH_IO = TLS_SERVER_IO | TLS_CLIENT_IO,
  CHAINS = TLS_SERVER_CHAIN | TLS_SERVER_UCSPI | TLS_CLIENT_CHAIN | TLS_CLIENT_UCSPI,
  DESCRIPTORS = TLS_CLIENT_CHAIN | TLS_CLIENT_UCSPI
};

static int is_descriptor(char const *word)
{
  uint64_t n;
  return !number_parse(word, 10, 1048575, &n);
}

static int is_connection(char const *word)
{
  uint64_t n;
  return !number_parse(word, 10, 1048575, &n) && n > 2;
}

static struct kind const kind_descriptor = { is_descriptor, "a descriptor from 0 to 1048575", 0 };
static struct kind const kind_connection = { is_connection, "a descriptor from 3 to 1048575", 0 };

static struct program const programs[] =
{
  { TLS_SERVER_IO, "s6-tlsd-io", "fdr fdw", 2, "Speak TLS, as a server, with the client on fds 0 and 1." },
  { TLS_CLIENT_IO, "s6-tlsc-io", "fdr fdw", 2, "Speak TLS, as a client, with the server on fds fdr and fdw." },
  { TLS_SERVER_CHAIN, "s6-tlsd", "prog...", 1, "Run prog with the clear text of the TLS client on fds 0 and 1." },
  { TLS_CLIENT_CHAIN, "s6-tlsc", "prog...", 1, "Run prog with the clear text of the TLS server on fds 6 and 7." },
  { TLS_SERVER_UCSPI, "s6-ucspitlsd", "prog...", 1, "Run prog, which may ask for TLS with its client later." },
  { TLS_CLIENT_UCSPI, "s6-ucspitlsc", "prog...", 1, "Run prog, which may ask for TLS with its server later." },
  { TLS_CLIENT, "s6-tlsclient", "host port prog...", 3, "Connect to a TLS server, then run prog with the clear text on fds 6 and 7." },
  { 0, 0, 0, 0, 0 }
};

/* A row without an argument, and one with. */
#define OPT(programs, stage, letter, name, help) { (letter), (name), 0, 0, (programs), (stage), 0, (help) }
#define OPT_WITH(programs, stage, letter, name, argument, kind, help) { (letter), (name), (argument), (kind), (programs), (stage), 0, (help) }
/* One that s6-tcpclient acts on. */
#define TCP(letter, name, help) OPT(TLS_CLIENT, TLS_CLIENT_TCP, letter, name, help)
#define TCP_WITH(letter, name, argument, kind, help) OPT_WITH(TLS_CLIENT, TLS_CLIENT_TCP, letter, name, argument, kind, help)

static struct opt const table[] =
{
  TCP('q', "quiet", "print less; may be given twice"),
  TCP('Q', "normal", "print warnings too (default)"),
  TCP('v', "verbose", "print more: the ends of the connection"),
  OPT_WITH(BOTH_IO | CHAINS, BOTH_IO, 'v', "verbosity", "N", &kind_verbosity, "0 fatal errors, 1 warnings (default), 2 sessions"),
  OPTS_TLS_CLOSING(ALL, BOTH_IO),
  OPTS_TLS_CLIENT_CERT(SERVERS, TLS_SERVER_IO),
  OPTS_TLS_SNI(SERVERS, TLS_SERVER_IO),
  OPT(CLIENTS, TLS_CLIENT_IO, 'Y', "no-client-cert", "show no certificate (default)"),
  OPT(CLIENTS, TLS_CLIENT_IO, 'y', "client-cert", "show the certificate in $CERTFILE"),
  OPT_WITH(CLIENTS, TLS_CLIENT_IO, 'k', "servername", "NAME", &kind_text, "the server's name, or address, to verify"),
  OPT(CLIENTS, TLS_CLIENT_IO, 0, "verify-cert", "verify the server's certificate (default)"),
  OPT(CLIENTS, TLS_CLIENT_IO, 0, "no-verify-cert", "do not verify it at all"),
  OPTS_TLS_KEEP(CHAINS | TLS_CLIENT, CHAINS),
  OPT_WITH(DESCRIPTORS, DESCRIPTORS, '6', "read-fd", "FD", &kind_connection, "the connection to read from (6)"),
  OPT_WITH(DESCRIPTORS, DESCRIPTORS, '7', "write-fd", "FD", &kind_connection, "the connection to write to (7)"),
  OPTS_TLS_WORDS(ALL, BOTH_IO),
  OPTS_TLS_TICKETS(SERVERS, TLS_SERVER_IO),
  OPT_WITH(BOTH_IO, BOTH_IO, 'd', "notification-fd", "FD", &kind_descriptor, "report the handshake to this descriptor"),
  TCP('4', "ipv4", "connect to IPv4 addresses only"),
  TCP('6', "ipv6", "connect to IPv6 addresses only"),
  { 'd', "nagle", 0, 0, TLS_CLIENT, TLS_CLIENT_TCP, "-d", "let TCP collect small pieces of data (default)" },
  { 'D', "no-nagle", 0, 0, TLS_CLIENT, TLS_CLIENT_TCP, "-D", "send small pieces of data at once" },
  TCP('r', "remote-info", "ask the server's host for the connection's owner"),
  TCP('R', "no-remote-info", "do not ask (default)"),
  TCP('h', "hosts", "ask the hosts file before the name servers"),
  TCP('H', "numeric-host", "look up no names: host is addresses"),
  TCP('n', "search", "complete short names by the search list"),
  TCP('N', "no-search", "look up host as it is (default)"),
  TCP_WITH('t', "deadline", "SECONDS", &kind_seconds, "give up connecting after so many seconds"),
  TCP_WITH('T', "attempt-timeout", "X+Y", &kind_text, "seconds for each address (2+58)"),
  TCP_WITH('l', "local-name", "NAME", &kind_text, "the value of TCPLOCALHOST"),
  TCP_WITH('i', "local-address", "IP", &kind_text, "connect from this address"),
  TCP_WITH('p', "local-port", "PORT", &kind_port, "connect from this port"),
  { 0, 0, 0, 0, 0, 0, 0, 0 }
};

struct opts_family const tls_opts = { programs, table };
