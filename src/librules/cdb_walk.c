/* Walking through a database of which only the header has been checked: see cdb_walk.h. */

#include <skalibs/uint32.h>

#include "cdb_walk.h"

uint32_t cdb_entries(cdb const *image)
{
  uint32_t at, position, n = 0;
  uint32_unpack(image->map, &at);
  for (; at < image->size; at += 8)
  {
    uint32_unpack(image->map + at + 4, &position);
    n += !!position;
  }
  return n;
}

int cdb_lookup(cdb const *image, cdb_data *data, char const *key, uint32_t length)
{
  int r = cdb_find(image, data, key, length);
  if (r <= 0) return r;
  return data->len <= image->size - (uint32_t)(data->s - image->map) ? 1 : -1;
}

int cdb_step(cdb const *image, uint32_t *position, cdb_data *key, cdb_data *data)
{
  uint32_t end, room;
  uint32_unpack(image->map, &end);
  if (*position == end) return 0;
  if (end - *position < 8 || *position > end) return -1;
  room = end - *position - 8;
  if (cdb_traverse_next(image, key, data, position) != 1) return -1;
  return key->len <= room && data->len <= room - key->len ? 1 : -1;
}
