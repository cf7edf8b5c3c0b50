/* Latencies of a run: keep, sort, ask for percentiles. */

#define _GNU_SOURCE
#include <stdlib.h>
#include <time.h>

#include "samples.h"

uint64_t now_ns(void)
{
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000U + (uint64_t)t.tv_nsec;
}

int samples_add(struct samples *s, uint64_t nanoseconds)
{
  uint64_t value = nanoseconds / 100;
  if (s->used == s->room)
  {
    size_t room = s->room ? 2 * s->room : 65536;
    uint32_t *more = realloc(s->ns100, room * sizeof *more);
    if (!more) return -1;
    s->ns100 = more;
    s->room = room;
  }
  s->ns100[s->used++] = value > UINT32_MAX ? UINT32_MAX : (uint32_t)value;
  return 0;
}

static int compare(void const *a, void const *b)
{
  uint32_t x = *(uint32_t const *)a;
  uint32_t y = *(uint32_t const *)b;
  return x < y ? -1 : x > y;
}

void samples_sort(struct samples *s)
{
  if (s->used) qsort(s->ns100, s->used, sizeof *s->ns100, &compare);
}

double samples_percentile(struct samples const *s, double share)
{
  size_t i;
  if (!s->used) return 0;
  i = (size_t)(share * (double)s->used);
  if (i >= s->used) i = s->used - 1;
  return (double)s->ns100[i] / 10;
}

void samples_free(struct samples *s)
{
  free(s->ns100);
  s->ns100 = 0;
  s->used = s->room = 0;
}
