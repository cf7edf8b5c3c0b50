/* The end for a reason that no waiting mends. */

#include <errno.h>

#include "die.h"
#include "engine.h"

void server_die(struct server *s, char const *what, int e)
{
  parts_at_exit(s);
  log_last(&s->log);
  errno = e;
  if (e) die_system(what);
  strerr_dief(EXIT_SYSTEM, "unable to ", what);
}
