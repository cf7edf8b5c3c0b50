/* The part that ends refused clients with words or a reset, and lets the others linger. */

#include "engine.h"
#include "parts.h"

void part_endings(struct server *s)
{
  (void)s;
}
