/* The group ids that a ruleset has rules for, in ascending order. A client may be in 65,536 groups
   (NGROUPS_MAX): each is looked for here, and only those that are found are looked up. */

#include <stdlib.h>

#include "rules_internal.h"

int gids_add(struct rule_gids *g, gid_t gid)
{
  if (g->count == g->room)
  {
    size_t more = g->room ? 2 * g->room : 64;
    gid_t *list = realloc(g->list, more * sizeof *list);
    if (!list) return -1;
    g->list = list;
    g->room = more;
  }
  g->list[g->count++] = gid;
  return 0;
}

static int by_id(void const *a, void const *b)
{
  gid_t x = *(gid_t const *)a, y = *(gid_t const *)b;
  return x < y ? -1 : x > y;
}

void gids_sort(struct rule_gids *g)
{
  if (g->count) qsort(g->list, g->count, sizeof *g->list, &by_id);
}

int gids_have(struct rule_gids const *g, gid_t gid)
{
  size_t low = 0, high = g->count;
  if (!high || gid < g->list[0] || gid > g->list[high - 1]) return 0;
  while (high - low > 1)
  {
    size_t middle = low + (high - low) / 2;
    if (g->list[middle] <= gid) low = middle;
    else high = middle;
  }
  return g->list[low] == gid;
}

void gids_free(struct rule_gids *g)
{
  free(g->list);
  g->list = 0;
  g->count = g->room = 0;
}
