/* The hash under which the tables of the engine find a source: see table.h. */

#include <string.h>

#include "table.h"

static uint64_t mix(uint64_t h)
{
  h ^= h >> 32;
  h *= UINT64_C(0xd6e8feb86659fd93);
  h ^= h >> 32;
  h *= UINT64_C(0xd6e8feb86659fd93);
  return h ^ (h >> 32);
}

uint64_t source_hash(struct source const *source, uint64_t secret)
{
  uint64_t half[2];
  memcpy(half, source->bytes, sizeof half);
  return mix(mix(half[0] ^ secret) + half[1] + source->family);
}
