/* What the arguments of TLS options must be: see tls_rows.h. */

#include <string.h>

#include "number.h"
#include "tls_rows.h"

static int is_level(char const *word)
{
  uint64_t n;
  return !number_parse(word, 10, 4294967295u, &n);
}

static int is_version(char const *word)
{
  return !strcmp(word, "1.2") || !strcmp(word, "1.3");
}

struct kind const kind_sni_level = { is_level, "0, 1 or 2", 0 };
struct kind const kind_tls_version = { is_version, "1.2 or 1.3", 0 };
