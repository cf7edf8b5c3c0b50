/* A table of rates that goes over an upgrade: see gcra.h. The lines are `ENTRIES SECRET`, and then `PLACE ENTRY` for each entry that is
   not free. */

#include "gcra.h"

void gcra_save(struct gcra const *g, struct state *st, char const *word)
{
  size_t i = 0, n = g->sets * GCRA_SET;
  state_word(st, word);
  state_number(st, n);
  state_number(st, g->secret);
  state_line(st);
  for (; i < n; i++)
  {
    if (!g->entries[i]) continue;
    state_word(st, word);
    state_number(st, i);
    state_number(st, g->entries[i]);
    state_line(st);
  }
}

void gcra_resume(struct gcra *g, char const *values)
{
  size_t entries = g->sets * GCRA_SET;
  uint64_t place, n;
  if (!state_take_number(&values, &place) || !state_take_number(&values, &n)) return;
  if (place < entries && g->resumed) g->entries[place] = n;
  if (place != entries) return;
  g->secret = n;
  g->resumed = 1;
}
