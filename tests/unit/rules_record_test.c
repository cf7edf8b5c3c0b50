/* rules.h: the record of a rule. */

#include <errno.h>

#include "rules.h"
#include "tap.h"

static struct rule_space space;
static char record[RULE_RECORD_MAX + 1];

static void put(char const *env, size_t env_length, char const *exec, size_t exec_length)
{
  memcpy(space.env, env, env_length);
  memcpy(space.exec, exec, exec_length);
  space.env_length = env_length;
  space.exec_length = exec_length;
}

static int refused(char const *bytes, size_t length)
{
  struct rule rule;
  char const *why = 0;
  errno = 0;
  return rule_parse(&rule, bytes, length, &why) == RULE_ERROR && errno == EINVAL && why;
}

static void test_format(struct tap *t)
{
  static char const wanted[] = "A\0\6FOO=5\0\0\4true";
  struct rule rule;
  char const *why;
  size_t n;
  put("FOO=5", 6, "true", 4);
  n = rule_record(record, RULE_ALLOW, &space);
  ok(t, n == sizeof wanted - 1 && !memcmp(record, wanted, n));
  ok(t, rule_parse(&rule, record, n, &why) == RULE_ALLOW);
  ok(t, rule.env_length == 6 && !memcmp(rule.env, "FOO=5", 6));
  ok(t, rule.exec_length == 4 && !memcmp(rule.exec, "true", 4));
  ok(t, rule_record(record, RULE_REFUSE, &space) == 1 && record[0] == 'D');
  ok(t, rule_parse(&rule, record, 1, &why) == RULE_REFUSE);
  ok(t, rule_parse(&rule, "Dxyz", 4, &why) == RULE_REFUSE);
  ok(t, rule_parse(&rule, "A\0\0\0\0", 5, &why) == RULE_ALLOW && !rule.env_length && !rule.exec_length);
}

static void test_limits(struct tap *t)
{
  static char env[RULE_RECORD_ENV_MAX], exec[RULE_EXEC_MAX];
  struct rule rule;
  char const *why;
  size_t n;
  memset(env, 'v', sizeof env);
  env[sizeof env - 1] = 0;
  memset(exec, 'x', sizeof exec);
  put(env, sizeof env, exec, sizeof exec);
  n = rule_record(record, RULE_ALLOW, &space);
  ok(t, n == RULE_RECORD_MAX && n == 8197);
  space.env_length++;
  ok(t, rule_record(record + 1, RULE_ALLOW, &space) == 0);
  space.env_length--;
  ok(t, rule_parse(&rule, record, n, &why) == RULE_ALLOW && rule.env_length == 4096 && rule.exec_length == 4096);
  ok(t, refused(record, n + 1));
  record[3 + 4096 + 1] = 1;  /* a script of 4097 bytes, which are there */
  record[3 + 4096] = 16;
  ok(t, refused(record, n + 1));
}

static void test_cut(struct tap *t)
{
  size_t n, i = 0, wrong = 0;
  put("A=1\0B", 6, "true", 4);
  n = rule_record(record, RULE_ALLOW, &space);
  for (; i < n; i++) wrong += !refused(record, i);
  ok(t, !wrong);
  record[n] = 0;
  ok(t, refused(record, n + 1));
}

static void test_malformed(struct tap *t)
{
  ok(t, refused("", 0));
  ok(t, refused("X", 1));
  ok(t, refused("a\0\0\0\0", 5));
  ok(t, refused("A", 1));
  ok(t, refused("A\0\1X\0\0", 6));            /* not ended by a NUL */
  ok(t, refused("A\0\1\0\0\0", 6));           /* no name */
  ok(t, refused("A\0\3=v\0\0\0", 8));         /* no name either */
  ok(t, refused("A\0\5A=1\0\0\0\0", 10));     /* an empty modification after a good one */
  ok(t, refused("A\0\0\0\4tr\0e", 9));        /* a script that would end early */
  ok(t, refused("A\xff\xff\0\0", 5));
}

int main(void)
{
  struct tap t = { 0, 0 };
  test_format(&t);
  test_limits(&t);
  test_cut(&t);
  test_malformed(&t);
  return tap_done(&t);
}
