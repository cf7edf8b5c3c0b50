/* What each source owes: see gcra.h. */

#include <string.h>

#include "clock.h"
#include "gcra.h"
#include "secret.h"
#include "table.h"

#define TIME_BITS 40
#define TIME_MASK ((UINT64_C(1) << TIME_BITS) - 1)

enum { MOST_SETS = 1 << 24 };

int gcra_start(struct gcra *g, uint32_t sources, uint32_t most_seconds)
{
  memset(g, 0, sizeof *g);
  g->sets = 1;
  while (g->sets * GCRA_SET < sources && g->sets < MOST_SETS) g->sets *= 2;
  g->most = (uint64_t)most_seconds * GCRA_UNITS;
  secret_fill(&g->secret, sizeof g->secret);
  g->entries = table_memory(g->sets * GCRA_SET * sizeof *g->entries);
  return g->entries ? 0 : -1;
}

uint64_t gcra_now(void)
{
  return clock_micros() / 125 * 2;
}

/* What an entry owes. Times are compared modulo 2^40 units, which is two years: what would be owed for longer than
   anything can be owed is in the past. */
static uint64_t owed(struct gcra const *g, uint64_t entry, uint64_t now)
{
  uint64_t left = (entry - now) & TIME_MASK;
  return entry && left <= g->most ? left : 0;
}

static uint64_t tag_of(uint64_t hash)
{
  return hash & ~TIME_MASK;
}

static uint64_t *set_of(struct gcra const *g, uint64_t hash)
{
  return g->entries + (hash & (g->sets - 1)) * GCRA_SET;
}

/* 0: it is not there. */
static uint64_t *find(uint64_t *set, uint64_t tag)
{
  unsigned int i = 0;
  for (; i < GCRA_SET; i++)
    if (set[i] && tag_of(set[i]) == tag) return &set[i];
  return 0;
}

static uint64_t *find_least(struct gcra const *g, uint64_t *set, uint64_t now)
{
  uint64_t *least = set;
  unsigned int i = 1;
  for (; i < GCRA_SET; i++)
    if (owed(g, set[i], now) < owed(g, *least, now)) least = &set[i];
  return least;
}

uint64_t gcra_debt(struct gcra const *g, struct source const *source, uint64_t now)
{
  uint64_t hash = source_hash(source, g->secret);
  uint64_t const *entry = find(set_of(g, hash), tag_of(hash));
  return entry ? owed(g, *entry, now) : 0;
}

void gcra_charge(struct gcra *g, struct source const *source, uint64_t now, uint64_t units)
{
  uint64_t hash = source_hash(source, g->secret), tag = tag_of(hash), *set = set_of(g, hash);
  uint64_t *entry = find(set, tag);
  if (!entry)
  {
    entry = find_least(g, set, now);
    if (owed(g, *entry, now) > units)
    {
      g->unrecorded++;
      return;
    }
    *entry = 0;
  }
  units += owed(g, *entry, now);
  if (units > g->most) units = g->most;
  *entry = tag | ((now + units) & TIME_MASK);
  if (!*entry) *entry = 1;  /* 0 would be a free one */
}
