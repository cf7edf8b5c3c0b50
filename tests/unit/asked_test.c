/* A program that was asked to end has all of its seconds, and less than one more. */

#include "libserver/asked.h"
#include "tap.h"

/* Looks at every millisecond from when it was asked until it is due. */
static int is_exact(uint64_t asked, uint32_t seconds)
{
  uint64_t now = asked, end = asked + (uint64_t)seconds * 1000, left;
  uint32_t at = asked_at(asked);
  for (; now < end; now++)
  {
    left = asked_left(at, seconds, now);
    if (now + left < end || now + left >= end + 1000) return 0;
  }
  return asked_left(at, seconds, end + 999) == 0;
}

int main(void)
{
  static uint64_t const begins[] = { 0, 5000, 123456000, (uint64_t)ASKED_MASK * 1000, (uint64_t)ASKED_MASK * 3000 + 2000 };
  struct tap t = { 0, 0 };
  size_t i = 0;
  for (; i < sizeof begins / sizeof *begins; i++)
  {
    uint32_t part = 0;
    int good = 1;
    for (; part < 1000; part += 37) good = good && is_exact(begins[i] + part, 3);
    ok_for(&t, "three seconds, begun at any moment of a second", good);
    ok_for(&t, "no seconds", asked_left(asked_at(begins[i] + 1), 0, begins[i] + 1) == 0);
    ok_for(&t, "a day", is_exact(begins[i] + 999, 1) && asked_left(asked_at(begins[i]), 86400, begins[i]) == 86400000);
  }
  return tap_done(&t);
}
