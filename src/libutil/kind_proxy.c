/* Which versions of the PROXY protocol are accepted, and which one is sent. */

#include <string.h>

#include "opts.h"

static int is_proxy(char const *word)
{
  return !strcmp(word, "any") || !strcmp(word, "1") || !strcmp(word, "2");
}

static int is_send_proxy(char const *word)
{
  return !strcmp(word, "1") || !strcmp(word, "2");
}

struct kind const kind_proxy = { is_proxy, "any, 1 or 2", 0 };
struct kind const kind_send_proxy = { is_send_proxy, "1 or 2", 0 };
