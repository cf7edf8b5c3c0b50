/* Makes the parts that the options ask for: see parts.h. */

#include "engine.h"
#include "parts.h"

#define PARTS_ADDRESS(name) &part_##name,

void parts_configure(struct server *s)
{
  static void (*const make[])(struct server *) = { PARTS(PARTS_ADDRESS) };
  size_t i = 0;
  for (; i < sizeof make / sizeof make[0]; i++) make[i](s);
}
