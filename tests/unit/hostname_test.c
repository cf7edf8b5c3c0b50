/* hostname.h: what may be the name of a host, judged by length. */

#include <string.h>

#include "hostname.h"
#include "tap.h"

static int clean(char const *name)
{
  return hostname_is_clean(name, strlen(name));
}

static void test_good(struct tap *t)
{
  ok(t, clean("localhost"));
  ok(t, clean("a.b-c.d_e.X9"));
  ok(t, clean("example.org."));
  ok(t, clean("_sip._tcp.example.org"));
  ok(t, clean("xn--bcher-kva.example"));
  ok(t, clean("3com.com"));
  ok(t, clean("-"));
}

static void test_bad(struct tap *t)
{
  ok(t, !clean(""));
  ok(t, !clean("."));
  ok(t, !clean(".a"));
  ok(t, !clean("a..b"));
  ok(t, !clean("a.."));
  ok(t, !clean("../ip4/0.0.0.0_0"));
  ok(t, !clean("a/b"));
  ok(t, !clean("a b"));
  ok(t, !clean("a\nb"));
  ok(t, !clean("\xc3\xa9.org"));
}

static void test_every_byte(struct tap *t)
{
  char name[] = "a?b";
  int c, good = 0;
  for (c = 0; c < 256; c++)
  {
    name[1] = (char)c;
    good += hostname_is_clean(name, 3);
  }
  ok(t, good == 26 + 26 + 10 + 2 + 1);  /* letters, digits, '-' and '_', and the dot */
  ok(t, !hostname_is_clean("good.example\0evil", 17));
}

static void test_lengths(struct tap *t)
{
  char name[300];
  size_t i;
  memset(name, 'a', sizeof name);
  ok(t, hostname_is_clean(name, 63));
  ok(t, !hostname_is_clean(name, 64));
  for (i = 63; i < sizeof name; i += 64) name[i] = '.';
  ok(t, hostname_is_clean(name, HOSTNAME_MAX));
  ok(t, !hostname_is_clean(name, HOSTNAME_MAX + 1));
}

int main(void)
{
  struct tap t = { 0, 0 };
  test_good(&t);
  test_bad(&t);
  test_every_byte(&t);
  test_lengths(&t);
  return tap_done(&t);
}
