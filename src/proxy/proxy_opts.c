/* The options of proxy-server. */

#include "proxy_opts.h"
#include "source_list.h"

static struct program const programs[] =
{
  { PROXY_SERVER, "proxy-server", "prog...", 1, "Read a PROXY header from the connection on fd 0, then run prog." },
  { 0, 0, 0, 0, 0 }
};

#define OPT(letter, name, help) { (letter), (name), 0, 0, PROXY_SERVER, PROXY_SERVER, 0, (help) }
#define OPT_WITH(letter, name, argument, kind, help) { (letter), (name), (argument), (kind), PROXY_SERVER, PROXY_SERVER, 0, (help) }

static struct opt const table[] =
{
  OPT('1', "only-v1", "accept version 1 only"),
  OPT('2', "only-v2", "accept version 2 only"),
  OPT_WITH('t', "timeout", "MS", &kind_millis, "give up after MS milliseconds; 0: never (default)"),
  OPT_WITH('v', "verbosity", "N", &kind_verbosity, "0 errors, 1 warnings (default), 2 the client"),
  OPT_WITH(0, "from", "LIST", &kind_sources, "trust only these addresses, prefixes or user ids"),
  OPT(0, "before-tlsd", "keep the variables about TLS for --after-tlsd"),
  OPT(0, "after-tlsd", "read nothing: set what --before-tlsd has kept"),
  { 0, 0, 0, 0, 0, 0, 0, 0 }
};

struct opts_family const proxy_opts = { programs, table };
