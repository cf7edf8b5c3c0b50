/* The sources that have live children, and how many: see table.h. */

#include <errno.h>
#include <string.h>

#include "secret.h"
#include "table.h"

enum { FIRST_ROOM = 256 };

void sources_start(struct sources *s)
{
  memset(s, 0, sizeof *s);
  secret_fill(&s->secret, sizeof s->secret);
}

static size_t home(struct sources const *s, struct source const *source)
{
  return (size_t)source_hash(source, s->secret) & (s->room - 1);
}

static void index_put(struct sources *s, uint32_t entry)
{
  size_t i = home(s, &s->entries[entry].source);
  while (s->index[i]) i = (i + 1) & (s->room - 1);
  s->index[i] = entry + 1;
}

static size_t entries_size(size_t room)
{
  return room / 2 * sizeof(struct source_entry);
}

static int grow(struct sources *s)
{
  size_t room = s->room ? 2 * s->room : FIRST_ROOM;
  struct source_entry *entries = table_memory(entries_size(room));
  uint32_t *index = entries ? table_memory(room * sizeof *index) : 0;
  size_t i = 0;
  if (!index)
  {
    table_release(entries, entries_size(room));
    return -1;
  }
  if (s->used) memcpy(entries, s->entries, s->used * sizeof *entries);
  table_release(s->entries, entries_size(s->room));
  table_release(s->index, s->room * sizeof *s->index);
  s->entries = entries;
  s->index = index;
  s->room = room;
  for (; i < s->used; i++)
    if (s->entries[i].count) index_put(s, (uint32_t)i);
  return 0;
}

int sources_reserve(struct sources *s)
{
  return 2 * (s->live + 1) > s->room ? grow(s) : 0;
}

static size_t place_of(struct sources const *s, struct source const *source)
{
  size_t i = home(s, source);
  while (s->index[i] && !source_same(&s->entries[s->index[i] - 1].source, source)) i = (i + 1) & (s->room - 1);
  return i;
}

uint32_t sources_find(struct sources const *s, struct source const *source)
{
  uint32_t found;
  if (!s->room) return SOURCE_NONE;
  found = s->index[place_of(s, source)];
  return found ? found - 1 : SOURCE_NONE;
}

static uint32_t new_entry(struct sources *s)
{
  uint32_t entry;
  if (!s->free) return (uint32_t)s->used++;
  entry = s->free - 1;
  s->free = s->entries[entry].next;
  return entry;
}

uint32_t sources_add(struct sources *s, struct source const *source)
{
  uint32_t entry = sources_find(s, source);
  if (entry == SOURCE_NONE)
  {
    entry = new_entry(s);
    s->entries[entry].source = *source;
    s->entries[entry].count = 0;
    index_put(s, entry);
    s->live++;
  }
  s->entries[entry].count++;
  return entry;
}

static void index_remove(struct sources *s, size_t gap)
{
  size_t mask = s->room - 1;
  size_t i = gap;
  for (;;)
  {
    i = (i + 1) & mask;
    if (!s->index[i]) break;
    if (((i - home(s, &s->entries[s->index[i] - 1].source)) & mask) < ((i - gap) & mask)) continue;
    s->index[gap] = s->index[i];
    gap = i;
  }
  s->index[gap] = 0;
}

uint32_t sources_remove(struct sources *s, uint32_t entry)
{
  struct source_entry *e = &s->entries[entry];
  if (--e->count) return e->count;
  index_remove(s, place_of(s, &e->source));
  e->next = s->free;
  s->free = entry + 1;
  s->live--;
  return 0;
}
