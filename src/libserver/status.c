/* The part that prints the counters to clients of a socket. */

#include "engine.h"
#include "parts.h"

void part_status(struct server *s)
{
  (void)s;
}
