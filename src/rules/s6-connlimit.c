/* Runs prog unless the client has more connections than it may. The server counts, a rule's environment
   says how many may be. */

#include <stdlib.h>

#include "chain.h"
#include "die.h"
#include "number.h"
#include "rules_opts.h"
#include "text.h"

/* The variable PROTO + suffix: false if it is not set. */
static int read_number(char const *proto, char const *suffix, uint64_t *n)
{
  char space[64];
  struct text name = TEXT_IN(space);
  char const *value;
  text_string(&name, proto);
  text_string(&name, suffix);
  text_end(&name);
  if (name.cut) strerr_dieinvalid(EXIT_USAGE, "PROTO");
  value = getenv(name.s);
  if (value && number_parse(value, 10, UINT64_MAX, n) == -1) strerr_dieinvalid(EXIT_USAGE, name.s);
  return !!value;
}

static char const *require_proto(void)
{
  char const *proto = getenv("PROTO");
  if (!proto) strerr_dienotset(EXIT_USAGE, "PROTO");
  if (!proto[0]) strerr_dieinvalid(EXIT_USAGE, "PROTO");
  return proto;
}

int main(int argc, char const *const *argv)
{
  struct opts given;
  char const *proto;
  uint64_t count, most;
  (void)argc;

  argv = opts_parse(&given, &rules_opts, RULES_CONNLIMIT, argv);
  require_program(argv);
  proto = require_proto();
  if (!read_number(proto, "CONNNUM", &count)) strerr_dief(EXIT_USAGE, proto, "CONNNUM not set");
  if (read_number(proto, "CONNMAX", &most) && count > most)
  {
    char space[32];
    struct text limit = TEXT_IN(space);
    text_number(&limit, most);
    strerr_dief(1, "number of connections from this client limited to ", text_end(&limit));
  }
  chain_become(argv);
}
