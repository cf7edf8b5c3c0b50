/* The monotonic clock: see clock.h. */

#include <time.h>

#include "clock.h"

/* A second more than the system has, so that a machine that has just started has no time 0 either. */
uint64_t clock_micros(void)
{
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000 + 1000000;
}

uint64_t clock_millis(void)
{
  return clock_micros() / 1000;
}

void clock_sooner(uint64_t *when, uint64_t other)
{
  if (other && other < *when) *when = other;
}
