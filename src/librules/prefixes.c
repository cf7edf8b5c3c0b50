/* The set of prefix lengths that a ruleset has for one address family. */

#include <string.h>

#include "rules_internal.h"

void prefixes_clear(struct prefixes *p)
{
  memset(p->bits, 0, sizeof p->bits);
}

void prefixes_fill(struct prefixes *p)
{
  memset(p->bits, 0xff, sizeof p->bits);
}

void prefixes_add(struct prefixes *p, unsigned int length)
{
  p->bits[length / 64] |= (uint64_t)1 << (length % 64);
}

int prefixes_has(struct prefixes const *p, unsigned int length)
{
  return !!(p->bits[length / 64] & (uint64_t)1 << (length % 64));
}
