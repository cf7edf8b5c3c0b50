/* The part that waits for all clients that have no program. */

#include "engine.h"
#include "parts.h"

void part_pending(struct server *s)
{
  (void)s;
}
