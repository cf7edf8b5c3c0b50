/* The part that limits how fast clients come, in all and of each source, and that bans for a while. */

#include "engine.h"
#include "parts.h"

void part_rates(struct server *s)
{
  (void)s;
}
