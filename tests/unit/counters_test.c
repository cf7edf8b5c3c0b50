/* upgrade.h: each counter has a name in the state of an upgrade, and only one. */

#include <stddef.h>
#include <string.h>

#include "libserver/upgrade.h"
#include "tap.h"

enum { COUNTERS = sizeof(struct counters) / sizeof(uint64_t) };

static unsigned int rows_of(size_t offset)
{
  struct counter_name const *c = counter_names;
  unsigned int n = 0;
  for (; c->name; c++) n += c->offset == offset;
  return n;
}

static unsigned int rows_named(char const *name)
{
  struct counter_name const *c = counter_names;
  unsigned int n = 0;
  for (; c->name; c++) n += !strcmp(c->name, name);
  return n;
}

int main(void)
{
  struct tap tap = { 0, 0 }, *t = &tap;
  struct counter_name const *c = counter_names;
  size_t i = 0;
  unsigned int unnamed = 0, twice = 0;
  for (; i < COUNTERS; i++) unnamed += rows_of(i * sizeof(uint64_t)) != 1;
  for (; c->name; c++) twice += rows_named(c->name) != 1;
  ok(t, unnamed == 0);
  ok(t, twice == 0);
  return tap_done(t);
}
