/* The part that keeps a client until it has sent something. */

#include "engine.h"
#include "parts.h"

void part_first_data(struct server *s)
{
  (void)s;
}
