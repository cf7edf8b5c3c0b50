/* The end for a reason that no waiting mends. It does not wait for the reader of the log either: the supervisor that starts the daemon again
   must see that it has ended. */

#include <string.h>
#include <unistd.h>

#include "die.h"
#include "engine.h"

void server_die(struct server *s, char const *what, int e)
{
  struct text *t;
  parts_at_exit(s);
  t = log_begin(&s->log, "fatal");
  text_string(t, "unable to ");
  text_string(t, what);
  if (e)
  {
    text_string(t, ": ");
    text_string(t, strerror(e));
  }
  log_end(&s->log);
  log_last(&s->log);
  _exit(EXIT_SYSTEM);
}
