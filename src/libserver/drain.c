/* The part that ends the daemon when its last client has ended. */

#include "engine.h"
#include "parts.h"

void part_drain(struct server *s)
{
  (void)s;
}
