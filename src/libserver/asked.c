/* When a program was asked to end: see asked.h. */

#include "asked.h"

enum { SECOND = 1000 };  /* milliseconds */

uint32_t asked_at(uint64_t now)
{
  return (uint32_t)((now + SECOND - 1) / SECOND) & ASKED_MASK;
}

/* The moment is up to a second away when it has just been noted: then what has gone by is all of the numbers but one. */
uint64_t asked_left(uint32_t asked, uint32_t seconds, uint64_t now)
{
  uint32_t since = ((uint32_t)(now / SECOND) - asked) & ASKED_MASK;
  if (!seconds) return 0;
  if (since == ASKED_MASK) return (uint64_t)(seconds + 1) * SECOND - now % SECOND;
  return since >= seconds ? 0 : (uint64_t)(seconds - since) * SECOND - now % SECOND;
}
