/* Runs prog unless the client has more connections than it may. The server counts, a rule's environment
   is how many there may be. */

#include <stdlib.h>

#include "access.h"
#include "chain.h"
#include "die.h"
#include "number.h"
#include "rules_opts.h"
#include "text.h"

/* ${proto}CONNMAX: false if it is not set. */
static int read_limit(char const *proto, uint64_t *n)
{
  char space[PROTO_MAX + 16];
  struct text name = TEXT_IN(space);
  char const *value;
  text_string(&name, proto);
  text_string(&name, "CONNMAX");
  value = getenv(text_end(&name));
  if (value && number_parse(value, 10, UINT64_MAX, n) == -1) die_variable(proto, "CONNMAX", "a number");
  return !!value;
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
  if (number_parse(require_variable(proto, "CONNNUM"), 10, UINT64_MAX, &count) == -1) die_variable(proto, "CONNNUM", "a number");
  if (read_limit(proto, &most) && count > most)
  {
    char space[32];
    struct text limit = TEXT_IN(space);
    text_number(&limit, most);
    strerr_dief(1, "number of connections from this client limited to ", text_end(&limit));
  }
  chain_become(argv);
}
