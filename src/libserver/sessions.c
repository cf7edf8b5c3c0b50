/* The part that ends sessions which last too long. */

#include "engine.h"
#include "parts.h"

void part_sessions(struct server *s)
{
  (void)s;
}
