/* number.h: the whole word, digits only, in range. */

#include <errno.h>
#include <stdlib.h>

#include "number.h"
#include "tap.h"

static void test_good(struct tap *t)
{
  uint64_t n = 1;
  ok(t, !number_parse("0", 10, 0, &n) && n == 0);
  ok(t, !number_parse("65535", 10, 65535, &n) && n == 65535);
  ok(t, !number_parse("0777", 8, 0777, &n) && n == 0777);
  ok(t, !number_parse("1fA", 16, 0xfff, &n) && n == 0x1fa);
  ok(t, !number_parse("ffffffffffffffff", 16, UINT64_MAX, &n) && n == UINT64_MAX);
  ok(t, !number_parse("4294967294", 10, ID_MAX, &n) && n == 4294967294u);
  ok(t, !number_parse("18446744073709551615", 10, UINT64_MAX, &n) && n == UINT64_MAX);
}

static void test_bad(struct tap *t)
{
  static char const *const words[] = { "", "-1", "+1", " 1", "1 ", "1,2", "0x10", "ten", "1e3", "٣", 0 };
  uint64_t n = 42;
  unsigned int i = 0;
  for (; words[i]; i++) ok_for(t, words[i], number_parse(words[i], 10, UINT64_MAX, &n) == -1 && errno == EINVAL && n == 42);
  ok(t, number_parse("007", 10, 100, &n) == -1 && errno == EINVAL && number_parse("00", 10, 100, &n) == -1 && errno == EINVAL);
  ok(t, !number_clamp("101", 10, 100, &n) && n == 100 && !number_clamp("99999999999999999999999", 10, 100, &n) && n == 100);
  ok(t, !number_clamp("7", 10, 100, &n) && n == 7 && number_clamp("-1", 10, 100, &n) == -1 && number_clamp("", 10, 100, &n) == -1);
  n = 42;
  ok(t, number_parse("8", 8, 100, &n) == -1 && errno == EINVAL);
  ok(t, number_parse("1g", 16, 100, &n) == -1 && errno == EINVAL);
  ok(t, number_parse("0x1f", 16, 100, &n) == -1 && errno == EINVAL);
  for (i = 1; i < 256; i++)
  {
    char word[3] = { '1', (char)i, 0 };
    int is_digit = (i >= '0' && i <= '9') || (i >= 'a' && i <= 'f') || (i >= 'A' && i <= 'F');
    ok_for(t, word, (number_parse(word, 16, 1000, &n) == 0) == is_digit);
  }
  ok(t, number_parse("1a", 10, 100, &n) == -1 && errno == EINVAL);
}

static void test_meant(struct tap *t)
{
  static char const *const numbers[] = { "0", "80", "65616", "+80", "-65456", " 80", "\t80", "", "-", 0 };
  static char const *const others[] = { "http", "80x", "0x50", "80 ", "x80", "8 0", 0 };
  unsigned int i = 0;
  for (; numbers[i]; i++) ok_for(t, numbers[i], number_is_meant(numbers[i]));
  for (i = 0; others[i]; i++) ok_for(t, others[i], !number_is_meant(others[i]));
}

static void test_range(struct tap *t)
{
  uint64_t n = 42;
  ok(t, number_parse("1", 10, 0, &n) == -1 && errno == ERANGE);
  ok(t, number_parse("65536", 10, 65535, &n) == -1 && errno == ERANGE);
  ok(t, number_parse("4294967295", 10, ID_MAX, &n) == -1 && errno == ERANGE);
  ok(t, number_parse("4294967296", 10, ID_MAX, &n) == -1 && errno == ERANGE);
  ok(t, number_parse("18446744073709551616", 10, UINT64_MAX, &n) == -1 && errno == ERANGE);
  ok(t, number_parse("99999999999999999999999999", 10, UINT64_MAX, &n) == -1 && errno == ERANGE);
  ok(t, number_parse("10000000000000000", 16, UINT64_MAX, &n) == -1 && errno == ERANGE);
  ok(t, n == 42);
}

static void test_lists(struct tap *t)
{
  static char const *const bad[] = { ",", "1,", ",1", "1,,2", "1,abc", "1 2", "1,4294967295", 0 };
  gid_t *list = 0;
  size_t n = 9;
  unsigned int i = 0;
  ok(t, !gidlist_parse("", &list, &n) && n == 0 && list);
  free(list);
  ok(t, !gidlist_parse("5", &list, &n) && n == 1 && list[0] == 5);
  free(list);
  ok(t, !gidlist_parse("1,20,300", &list, &n) && n == 3 && list[0] == 1 && list[1] == 20 && list[2] == 300);
  free(list);
  for (; bad[i]; i++) ok_for(t, bad[i], gidlist_parse(bad[i], &list, &n) == -1);
}

int main(void)
{
  struct tap t = { 0, 0 };
  test_good(&t);
  test_meant(&t);
  test_bad(&t);
  test_range(&t);
  test_lists(&t);
  return tap_done(&t);
}
