/* Which versions of the PROXY protocol are accepted. */

#include <string.h>

#include "opts.h"

static int is_proxy(char const *word)
{
  return !strcmp(word, "any") || !strcmp(word, "1") || !strcmp(word, "2");
}

struct kind const kind_proxy = { is_proxy, "any, 1 or 2", 0 };
