/* table.h: what is put in is found, what is removed is gone, whatever the order, and memory stays small. */

#include "table.h"
#include "tap.h"

enum { MANY = 20000 };

static uint32_t next_random(uint32_t *state)
{
  *state = *state * 1664525u + 1013904223u;
  return *state >> 8;
}

static void test_children(struct tap *t)
{
  struct children c = { 0, 0, 0 };
  pid_t pid = 1;
  int good = 1, small = 1;
  ok(t, !children_find(&c, 1));
  for (; pid <= MANY; pid++)
  {
    good &= !children_reserve(&c);
    children_add(&c, pid * 7, (uint32_t)pid, 0);
    small &= c.room * sizeof *c.places <= (c.count > 192 ? 32 * c.count : 4096);
  }
  ok(t, good && c.count == MANY);
  ok_for(t, "the table of children takes at most 32 bytes a child, beyond its first page, at every number of them", small);
  for (pid = 1; pid <= MANY; pid++) good &= children_find(&c, pid * 7) && children_find(&c, pid * 7)->source == (uint32_t)pid;
  ok(t, good);
  ok(t, !children_find(&c, 7 * MANY + 7));
  for (pid = 1; pid <= MANY; pid += 2) children_remove(&c, children_find(&c, pid * 7));
  for (pid = 1; pid <= MANY; pid++) good &= !!children_find(&c, pid * 7) == !(pid & 1);
  ok(t, good && c.count == MANY / 2);
  table_release(c.places, c.room * sizeof *c.places);
}

/* Random births and deaths against a plain array. */
static void test_children_churn(struct tap *t)
{
  static unsigned char alive[4096];
  struct children c = { 0, 0, 0 };
  uint32_t state = 1;
  unsigned int i = 0, n = 0, wrong = 0;
  for (; i < 400000; i++)
  {
    pid_t pid = (pid_t)(next_random(&state) % 4095) + 1;
    struct child *child = children_find(&c, pid);
    wrong += !!child != alive[pid];
    if (child) children_remove(&c, child), n--;
    else if (children_reserve(&c)) wrong++;
    else children_add(&c, pid, 0, 0), n++;
    alive[pid] = !alive[pid];
    wrong += c.count != n;
  }
  ok(t, !wrong);
  table_release(c.places, c.room * sizeof *c.places);
}

static struct source source_number(uint32_t n)
{
  struct source s = { { 0 }, AF_INET6 };
  memcpy(s.bytes + 8, &n, sizeof n);
  return s;
}

static void test_sources(struct tap *t)
{
  struct sources s;
  struct source one = source_number(1);
  uint32_t i = 0, entry;
  int good = 1;
  sources_start(&s);
  ok(t, sources_find(&s, &one) == SOURCE_NONE);
  for (; i < MANY; i++)
  {
    struct source x = source_number(i % (MANY / 2));
    good &= !sources_reserve(&s);
    sources_add(&s, &x);
  }
  ok(t, good && s.live == MANY / 2);
  for (i = 0; i < MANY / 2; i++)
  {
    struct source x = source_number(i);
    entry = sources_find(&s, &x);
    good &= entry != SOURCE_NONE && s.entries[entry].count == 2 && sources_remove(&s, entry) == 1;
    if (i & 1) good &= sources_remove(&s, entry) == 0 && sources_find(&s, &x) == SOURCE_NONE;
  }
  ok(t, good && s.live == MANY / 4);
  for (i = 0; i < MANY / 2; i++)
  {
    struct source x = source_number(i);
    good &= (sources_find(&s, &x) != SOURCE_NONE) == !(i & 1);
  }
  ok(t, good);
  table_release(s.entries, s.room / 2 * sizeof *s.entries);
  table_release(s.index, s.room * sizeof *s.index);
}

/* Entries and places that were freed are used again: a million clients one after another need no more
   memory than a few. */
static void test_reuse(struct tap *t)
{
  struct sources s;
  struct children c = { 0, 0, 0 };
  uint32_t i = 0;
  sources_start(&s);
  for (; i < 1000000; i++)
  {
    struct source x = source_number(i);
    if (sources_reserve(&s) || children_reserve(&c)) break;
    children_add(&c, (pid_t)i + 1, sources_add(&s, &x), 0);
    sources_remove(&s, children_find(&c, (pid_t)i + 1)->source);
    children_remove(&c, children_find(&c, (pid_t)i + 1));
  }
  ok(t, i == 1000000 && s.room <= 256 && c.room <= 512 && s.used <= 128);
  table_release(s.entries, s.room / 2 * sizeof *s.entries);
  table_release(s.index, s.room * sizeof *s.index);
  table_release(c.places, c.room * sizeof *c.places);
}

int main(void)
{
  struct tap t = { 0, 0 };
  test_children(&t);
  test_children_churn(&t);
  test_sources(&t);
  test_reuse(&t);
  return tap_done(&t);
}
