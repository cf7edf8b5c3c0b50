/* What a daemon may ask of a server, and set. */

#include "engine.h"

struct log *server_log(struct server *s)
{
  return &s->log;
}

struct launcher *server_launcher(struct server *s)
{
  return &s->launcher;
}

void server_leave(struct server *s)
{
  s->leaving = 1;
}
