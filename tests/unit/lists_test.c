/* source_list.h, rate.h, exit_list.h: the arguments of options that are more than a number. */

#include <string.h>

#include "exit_list.h"
#include "rate.h"
#include "source_list.h"
#include "tap.h"

static int has(char const *list, char const *ip)
{
  struct source_list l;
  struct address a;
  if (source_list_parse(&l, list) == -1 || address_parse(&a, ip, 0) == -1) return -1;
  return source_list_has_address(&l, &a);
}

static void test_addresses(struct tap *t)
{
  ok(t, has("192.0.2.7", "192.0.2.7") == 1);
  ok(t, has("192.0.2.7", "192.0.2.8") == 0);
  ok(t, has("192.0.2.7", "::ffff:192.0.2.7") == 1);
  ok(t, has("::ffff:192.0.2.7", "192.0.2.7") == 1);
  ok(t, has("10.0.0.0/8,2001:db8::/33", "10.255.1.2") == 1);
  ok(t, has("10.0.0.0/8,2001:db8::/33", "11.0.0.0") == 0);
  ok(t, has("10.0.0.0/8,2001:db8::/33", "2001:db8:7fff::1") == 1);
  ok(t, has("10.0.0.0/8,2001:db8::/33", "2001:db8:8000::1") == 0);
  ok(t, has("0.0.0.0/0", "203.0.113.9") == 1);
  ok(t, has("0.0.0.0/0", "2001:db8::1") == 0);
  ok(t, has("::/0", "2001:db8::1") == 1);
  ok(t, has("::/0", "203.0.113.9") == 0);
  ok(t, has("192.0.2.128/25", "192.0.2.129") == 1);
  ok(t, has("192.0.2.128/25", "192.0.2.127") == 0);
  ok(t, has("10", "0.0.0.10") == 0);
}

static void test_users(struct tap *t)
{
  struct source_list l;
  ok(t, source_list_parse(&l, "0,1000,127.0.0.1") == 0 && l.count == 3);
  ok(t, source_list_has_user(&l, 0) && source_list_has_user(&l, 1000) && !source_list_has_user(&l, 1));
  ok(t, !source_list_has_user(&l, (uid_t)-1));
}

static void test_bad_lists(struct tap *t)
{
  static char const *const words[] =
  {
    "", ",", "1,", ",1", "1,,2", "192.0.2.7/33", "192.0.2.7/-1", "192.0.2.7/", "192.0.2.7/24", "2001:db8::1/64", "::/129", "192.0.2", "192.0.2.07", "a.b", " 1", "1 ",
    "4294967295", "-1", "192.0.2.7/8x", "10.0.0.0/8/8", "localhost", 0
  };
  struct source_list l;
  char long_one[1024] = "1";
  unsigned int i = 0;
  for (; words[i]; i++) ok_for(t, words[i], source_list_parse(&l, words[i]) == -1);
  for (i = 1; i < SOURCE_LIST_MAX; i++) strcat(long_one, ",1");
  ok(t, source_list_parse(&l, long_one) == 0 && l.count == SOURCE_LIST_MAX);
  strcat(long_one, ",1");
  ok(t, source_list_parse(&l, long_one) == -1);
}

static void test_rates(struct tap *t)
{
  static char const *const bad[] = { "", "/", "1", "1/", "/1", "0/1", "1/0", "1000001/1", "1/86401", "1/1/1", "-1/1", "1 /1", "1/1s", "99999999999/1", 0 };
  struct rate r = { 7, 7 };
  unsigned int i = 0;
  for (; bad[i]; i++) ok_for(t, bad[i], rate_parse(&r, bad[i]) == -1 && r.count == 7 && r.seconds == 7);
  ok(t, rate_parse(&r, "10/60") == 0 && r.count == 10 && r.seconds == 60);
  ok(t, rate_parse(&r, "1000000/86400") == 0 && r.count == 1000000 && r.seconds == 86400);
  ok(t, kind_source_rate.accepts("1000/1") && !kind_source_rate.accepts("1001/1"));
  ok(t, kind_rate.accepts("1001/1"));
}

static void test_exits(struct tap *t)
{
  static char const *const bad[] = { "", ",", "1,", "256", "-1", "1-", "-", "3-2", "1-256", "a", "1-2-3", " 1", 0 };
  struct exit_list l;
  unsigned int i = 0;
  for (; bad[i]; i++) ok_for(t, bad[i], exit_list_parse(&l, bad[i]) == -1);
  ok(t, exit_list_parse(&l, "1,100-127") == 0 && l.has[1] && l.has[100] && l.has[127] && !l.has[0] && !l.has[2] && !l.has[99] && !l.has[128]);
  ok(t, exit_list_parse(&l, "0-255") == 0 && l.has[0] && l.has[255]);
}

int main(void)
{
  struct tap t = { 0, 0 };
  test_addresses(&t);
  test_users(&t);
  test_bad_lists(&t);
  test_rates(&t);
  test_exits(&t);
  return tap_done(&t);
}
