/* Signals to the programs of clients: to each alone, or to its process group where it has one of its own. */

#include <signal.h>

#include "engine.h"

/* A child that has not made its group yet gets the signal alone. */
void server_tell(struct server const *s, pid_t pid, int number)
{
  if (s->launcher.own_groups && kill(-pid, number) == 0) return;
  kill(pid, number);
}

void server_signal_children(struct server *s, int first, int second)
{
  size_t i = 0;
  for (; i < s->children.room; i++)
  {
    pid_t pid = s->children.places[i].pid;
    if (!pid) continue;
    server_tell(s, pid, first);
    if (second) server_tell(s, pid, second);
  }
}
