/* The options of the acceptors. */

#include "accept_opts.h"
#include "daemon_opts.h"

enum
{
  LOCAL = ACCEPT_STREAM | ACCEPT_SEQPACKET,
  EVERY = ACCEPT_TCP | LOCAL
};

static struct program const programs[] =
{
  { ACCEPT_TCP, "tcp-socket-accept", "prog...", 1, "Run prog for each client of the TCP listeners." },
  { ACCEPT_STREAM, "local-stream-socket-accept", "prog...", 1, "Run prog for each client of the Unix-domain listeners." },
  { ACCEPT_SEQPACKET, "local-seqpacket-socket-accept", "prog...", 1, "Run prog for each client of the Unix-domain listeners." },
  { 0, 0, 0, 0, 0 }
};

#define ROW(letter, name, argument, kind, programs, help) { letter, name, argument, kind, (programs), (programs), 0, help }

static struct opt const table[] =
{
  ROW('v', "verbose", 0, 0, EVERY, "log every connection"),
  ROW('c', "connection-limit", "N", &kind_count, EVERY, "serve at most N clients at once (40)"),
  ROW('C', "local-limit", "N", &kind_count, EVERY, "at most N of the same source (no limit)"),
  OPTS_PREFIXES(ACCEPT_TCP, ACCEPT_TCP),
  ROW('l', "localname", "NAME", &kind_any, EVERY, "what to call the local side"),
  ROW('k', "keepalives", 0, 0, ACCEPT_TCP, "probe idle connections"),
  ROW(0, "no-keepalives", 0, 0, ACCEPT_TCP, "do not probe idle connections"),
  ROW('D', "no-delay", 0, 0, ACCEPT_TCP, "send small packets at once"),
  ROW('o', "no-kill-IP-options", 0, 0, ACCEPT_TCP, "keep the IP options that the client sent"),
  OPTS_ENGINE(EVERY, EVERY),
  { 0, 0, 0, 0, 0, 0, 0, 0 }
};

struct opts_family const accept_opts = { programs, table };
