/* The addresses of a race, and their order: see race.h. */

#include <string.h>
#include <sys/socket.h>

#include "race.h"

void race_add(struct race *r, struct address const *a)
{
  if (r->local && r->local->sa.any.sa_family != a->sa.any.sa_family)
  {
    r->skipped++;
    return;
  }
  if (r->count == RACE_MAX) return;
  r->attempts[r->count].remote = *a;
  r->attempts[r->count].fd = -1;
  r->attempts[r->count].error = 0;
  r->count++;
}

static unsigned int find_family(struct race const *r, unsigned int from, int wants6)
{
  for (; from < r->count; from++)
    if ((r->attempts[from].remote.sa.any.sa_family == AF_INET6) == wants6) return from;
  return r->count;
}

void race_alternate(struct race *r)
{
  unsigned int i = 0;
  int wants6 = 1;
  for (; i < r->count; i++, wants6 = !wants6)
  {
    struct attempt chosen;
    unsigned int from = find_family(r, i, wants6);
    if (from == r->count) return;  /* only one family is left */
    chosen = r->attempts[from];
    memmove(r->attempts + i + 1, r->attempts + i, (from - i) * sizeof chosen);
    r->attempts[i] = chosen;
  }
}
