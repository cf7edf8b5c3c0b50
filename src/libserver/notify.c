/* The part that reports to a service manager. */

#include "engine.h"
#include "parts.h"

void part_notify(struct server *s)
{
  (void)s;
}
