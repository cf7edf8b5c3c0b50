/* IP addresses as bytes: see ip.h. */

#include <string.h>

#include "ip.h"

int ip_is_mapped(uint8_t const *ip)
{
  static uint8_t const start[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
  return !memcmp(ip, start, sizeof start);
}

void ip_mask(uint8_t *ip, size_t size, unsigned int prefix)
{
  size_t i = prefix / 8;
  if (i >= size) return;
  ip[i] &= (uint8_t)(0xff00 >> (prefix % 8));
  memset(ip + i + 1, 0, size - i - 1);
}
