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

static struct opt const table[] =
{
  OPT_ROW(EVERY, 'v', "verbose", 0, 0, "log every connection"),
  OPT_ROW(EVERY, 'c', "connection-limit", "N", &kind_count, "serve at most N clients at once (40)"),
  OPT_ROW(EVERY, 'C', "local-limit", "N", &kind_count, "at most N of the same source (no limit)"),
  OPTS_PREFIXES(ACCEPT_TCP, ACCEPT_TCP),
  OPT_ROW(EVERY, 'l', "localname", "NAME", &kind_any, "the value of the variable for the local name"),
  OPT_ROW(ACCEPT_TCP, 'k', "keepalives", 0, 0, "probe idle connections"),
  OPT_ROW(ACCEPT_TCP, 0, "no-keepalives", 0, 0, "do not probe idle connections"),
  OPT_ROW(ACCEPT_TCP, 'D', "no-delay", 0, 0, "send small packets at once"),
  OPT_ROW(ACCEPT_TCP, 'o', "no-kill-IP-options", 0, 0, "keep the IP options that the client sent"),
  OPTS_ENGINE(EVERY, EVERY),
  { 0, 0, 0, 0, 0, 0, 0, 0 }
};

struct opts_family const accept_opts = { programs, table };
