/* The part that reads a PROXY header before anything is known about a client. */

#include "engine.h"
#include "parts.h"

void part_proxy(struct server *s)
{
  (void)s;
}
