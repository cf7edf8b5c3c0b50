/* CRC-32C: see proxy_internal.h. Half a byte at a time: the table stays small, and a header is short. */

#include "proxy_internal.h"

/* The remainders of 0 to 15 by the reflected polynomial 0x82F63B78. */
static uint32_t const remainders[] =
{
  0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3, 0x61c69362, 0x7198540d,
  0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9, 0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75
};

uint32_t crc32c(uint32_t so_far, char const *s, size_t n)
{
  uint32_t crc = ~so_far;
  size_t i = 0;
  for (; i < n; i++)
  {
    crc ^= (uint8_t)s[i];
    crc = crc >> 4 ^ remainders[crc & 15];
    crc = crc >> 4 ^ remainders[crc & 15];
  }
  return ~crc;
}
