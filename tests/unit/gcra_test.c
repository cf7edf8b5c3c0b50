/* gcra.h: what a source owes, and what a flood of other sources can do to the table. */

#include <netinet/in.h>
#include <string.h>
#include <sys/resource.h>

#include "libserver/gcra.h"
#include "tap.h"

enum { SECOND = GCRA_UNITS, FLOOD = 1000000 };

static struct source source_number(uint32_t n)
{
  struct address a;
  struct source s;
  memset(&a, 0, sizeof a);
  a.sa.in4.sin_family = AF_INET;
  a.sa.in4.sin_addr.s_addr = htonl(n);
  source_of_address(&s, &a, 32, 64);
  return s;
}

static void test_debt(struct tap *t)
{
  struct gcra g;
  struct source one = source_number(1), other = source_number(2);
  uint64_t now = 12345;
  ok(t, gcra_start(&g, 1024, 600) == 0);
  ok(t, g.sets == 128);
  ok(t, gcra_debt(&g, &one, now) == 0);
  gcra_charge(&g, &one, now, SECOND);
  gcra_charge(&g, &one, now, SECOND);
  ok(t, gcra_debt(&g, &one, now) == 2 * SECOND);
  ok(t, gcra_debt(&g, &other, now) == 0);
  ok(t, gcra_debt(&g, &one, now + SECOND) == SECOND);
  ok(t, gcra_debt(&g, &one, now + 2 * SECOND) == 0);
  ok(t, gcra_debt(&g, &one, now + 3 * SECOND) == 0);
  gcra_charge(&g, &one, now + 3 * SECOND, 5);
  ok(t, gcra_debt(&g, &one, now + 3 * SECOND) == 5);
  gcra_charge(&g, &one, now, 100000 * (uint64_t)SECOND);
  ok(t, gcra_debt(&g, &one, now) == 600 * (uint64_t)SECOND);
}

/* A year, and the two years after which the kept part of a time comes round. */
static void test_long(struct tap *t)
{
  struct gcra g;
  struct source one = source_number(1);
  uint64_t year = 365 * 86400 * (uint64_t)SECOND, now = (UINT64_C(1) << 40) - SECOND;
  gcra_start(&g, 8, 87000);
  gcra_charge(&g, &one, now, 3 * SECOND);
  ok(t, gcra_debt(&g, &one, now) == 3 * SECOND);
  ok(t, gcra_debt(&g, &one, now + 2 * SECOND) == SECOND);
  ok(t, gcra_debt(&g, &one, now + 3 * SECOND) == 0);
  ok(t, gcra_debt(&g, &one, now + year) == 0);
  ok(t, gcra_debt(&g, &one, now + 3 * year) == 0);
}

/* The most memory that this process ever had, in kB. */
static long memory(void)
{
  struct rusage u;
  return getrusage(RUSAGE_SELF, &u) ? 0 : u.ru_maxrss;
}

/* A source that owes more than one client costs keeps its entry, whatever comes; the table does not grow. */
static void test_flood(struct tap *t)
{
  struct gcra g;
  struct source limited[64];
  uint64_t now = 1, entries;
  unsigned int i = 0, lost = 0;
  long before = 0;
  gcra_start(&g, 65536, 3600);
  entries = g.sets * GCRA_SET;
  for (; i < 64; i++)
  {
    limited[i] = source_number(0x0a000000 + i * 7919);
    gcra_charge(&g, &limited[i], now, 60 * SECOND);
  }
  for (i = 0; i < FLOOD; i++)
  {
    struct source s = source_number(0xc0000000 + i * 97);
    gcra_charge(&g, &s, now + i / 1000, SECOND);
    if (i == FLOOD / 4) before = memory();
  }
  now += FLOOD / 1000;
  for (i = 0; i < 64; i++) lost += gcra_debt(&g, &limited[i], now) < 59 * SECOND;
  ok(t, lost == 0);
  ok(t, g.sets * GCRA_SET == entries);
  ok_for(t, "less than a byte for each further source", memory() - before < FLOOD * 3 / 4 / 1024);
}

/* A set that is full of greater debts takes no newcomer, and counts it. */
static void test_full(struct tap *t)
{
  struct gcra g;
  unsigned int i = 1;
  gcra_start(&g, GCRA_SET, 3600);
  for (; i <= GCRA_SET; i++)
  {
    struct source s = source_number(i);
    gcra_charge(&g, &s, 1, i * SECOND);
  }
  struct source late = source_number(100), later = source_number(101);
  gcra_charge(&g, &late, 1, SECOND / 2);
  ok(t, gcra_debt(&g, &late, 1) == 0 && g.unrecorded == 1);
  gcra_charge(&g, &later, 1, SECOND);
  ok(t, gcra_debt(&g, &later, 1) == SECOND && g.unrecorded == 1);
  struct source first = source_number(1), last = source_number(GCRA_SET);
  ok(t, gcra_debt(&g, &first, 1) == 0);
  ok(t, gcra_debt(&g, &last, 1) == GCRA_SET * SECOND);
}

int main(void)
{
  struct tap t = { 0, 0 };
  test_debt(&t);
  test_long(&t);
  test_flood(&t);
  test_full(&t);
  return tap_done(&t);
}
