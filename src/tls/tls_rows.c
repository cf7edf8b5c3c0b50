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

/* RFC 7301: no empty name, none above 255 bytes; and with its length before each, a list has room in 256 bytes. */
static int is_protocols(char const *word)
{
  size_t used = 0;
  for (;;)
  {
    size_t length = strcspn(word, ",");
    used += 1 + length;
    if (!length || length > 255 || used > 256) return 0;
    if (!word[length]) return 1;
    word += length + 1;
  }
}

struct kind const kind_sni_level = { is_level, "0, 1 or 2", 0 };
struct kind const kind_tls_version = { is_version, "1.2 or 1.3", 0 };
struct kind const kind_protocols = { is_protocols, "names separated by commas, 256 bytes in all", 0 };
