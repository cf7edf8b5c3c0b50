/* rules.h: lookups. Each ruleset is asked in all four ways: directory and database, once and kept. */

#include <arpa/inet.h>
#include <errno.h>

#include "ruleset.h"
#include "tap.h"

static enum ruling ask(struct rules *r, struct rule *rule, char const *word)
{
  uint8_t ip[16];
  int is6 = !!strchr(word, ':');
  if (inet_pton(is6 ? AF_INET6 : AF_INET, word, ip) != 1) exit(101);
  return rules_check_ip(r, rule, is6, ip);
}

static enum ruling ask_name(struct rules *r, char const *name)
{
  struct rule rule;
  return rules_check_name(r, &rule, name, strlen(name));
}

/* ---- nothing is let in that a rule keeps out, at every prefix boundary ---- */

static void flip(uint8_t *ip, unsigned int bit)
{
  ip[bit / 8] ^= (uint8_t)(0x80 >> (bit % 8));
}

static void prefix_key(char *key, int is6, uint8_t const *ip, unsigned int prefix)
{
  char word[INET6_ADDRSTRLEN];
  uint8_t masked[16];
  unsigned int i = prefix;
  memcpy(masked, ip, is6 ? 16 : 4);
  for (; i < (is6 ? 128u : 32u); i++) masked[i / 8] &= (uint8_t)~(0x80 >> (i % 8));
  inet_ntop(is6 ? AF_INET6 : AF_INET, masked, word, sizeof word);
  sprintf(key, "%s/%s_%u", is6 ? "ip6" : "ip4", word, prefix);
}

/* Counts the wrong answers for one prefix: its net is refused, all others are allowed, or the reverse. */
static unsigned int boundary(int is6, uint8_t const *ip, unsigned int prefix, int allow, unsigned int way)
{
  struct ruleset s;
  struct rules r;
  struct rule rule;
  uint8_t other[16];
  char key[64];
  unsigned int wrong = 0, bits = is6 ? 128 : 32;
  enum ruling inside = allow ? RULE_ALLOW : RULE_REFUSE;
  enum ruling outside = allow ? RULE_REFUSE : RULE_ALLOW;
  ruleset_new(&s);
  ruleset_put(&s, is6 ? "ip6/::_0" : "ip4/0.0.0.0_0", allow ? "deny" : "allow", "");
  if (prefix == 0) ruleset_remove(&s, is6 ? "ip6/::_0" : "ip4/0.0.0.0_0");
  prefix_key(key, is6, ip, prefix);
  ruleset_put(&s, key, allow ? "allow" : "deny", "");
  ruleset_open(&s, &r, way);
  wrong += rules_check_ip(&r, &rule, is6, ip) != inside;
  wrong += !!strcmp(r.key.s, key);
  memcpy(other, ip, is6 ? 16 : 4);
  if (prefix < bits)
  {
    flip(other, prefix);
    wrong += rules_check_ip(&r, &rule, is6, other) != inside;
    flip(other, prefix);
    flip(other, bits - 1);
    wrong += rules_check_ip(&r, &rule, is6, other) != inside;
    flip(other, bits - 1);
  }
  if (prefix)
  {
    flip(other, prefix - 1);
    wrong += rules_check_ip(&r, &rule, is6, other) != outside;
    flip(other, prefix - 1);
    flip(other, 0);
    wrong += rules_check_ip(&r, &rule, is6, other) != outside;
  }
  rules_close(&r);
  ruleset_free(&s);
  return wrong;
}

static void test_boundaries(struct tap *t, unsigned int way)
{
  uint8_t ip4[4], ip6[16];
  unsigned int prefix = 0, wrong4 = 0, wrong6 = 0;
  inet_pton(AF_INET, "203.0.113.165", ip4);
  inet_pton(AF_INET6, "2001:db8:5a5a:a5a5:fedc:ba98:7654:3211", ip6);
  for (; prefix <= 32; prefix++) wrong4 += boundary(0, ip4, prefix, prefix % 2, way) + boundary(0, ip4, prefix, !(prefix % 2), way);
  ok_for(t, ruleset_way(way), !wrong4);
  for (prefix = 0; prefix <= 128; prefix++) wrong6 += boundary(1, ip6, prefix, prefix % 2, way);
  ok_for(t, ruleset_way(way), !wrong6);
}

/* All lengths at once: the longest that matches decides. */
static void test_longest(struct tap *t, unsigned int way)
{
  struct ruleset s;
  struct rules r;
  struct rule rule;
  char key[64];
  uint8_t ip[4], other[4];
  unsigned int prefix = 0, wrong = 0;
  inet_pton(AF_INET, "203.0.113.165", ip);
  ruleset_new(&s);
  for (; prefix <= 32; prefix++)
  {
    prefix_key(key, 0, ip, prefix);
    ruleset_put(&s, key, prefix % 2 ? "deny" : "allow", "");
  }
  ruleset_open(&s, &r, way);
  for (prefix = 0; prefix <= 32; prefix++)
  {
    memcpy(other, ip, 4);
    if (prefix < 32) flip(other, prefix);
    wrong += rules_check_ip(&r, &rule, 0, other) != (prefix % 2 ? RULE_REFUSE : RULE_ALLOW);
  }
  ok_for(t, ruleset_way(way), !wrong);
  rules_close(&r);
  ruleset_free(&s);
}

static void test_mapped(struct tap *t, unsigned int way)
{
  struct ruleset s;
  struct rules r;
  struct rule rule;
  struct address a;
  ruleset_new(&s);
  ruleset_put(&s, "ip4/10.0.0.0_8", "deny", "");
  ruleset_put(&s, "ip4/0.0.0.0_0", "allow", "");
  ruleset_put(&s, "ip6/::_0", "allow", "");
  ruleset_put(&s, "ip6/::ffff:a01:203_128", "allow", "");
  ruleset_open(&s, &r, way);
  ok_for(t, ruleset_way(way), ask(&r, &rule, "::ffff:10.1.2.3") == RULE_REFUSE);
  is_string(t, r.key.s, "ip4/10.0.0.0_8", "the key is known");
  ok_for(t, ruleset_way(way), ask(&r, &rule, "10.1.2.3") == RULE_REFUSE);
  ok_for(t, ruleset_way(way), ask(&r, &rule, "::ffff:11.1.2.3") == RULE_ALLOW);
  is_string(t, r.key.s, "ip4/0.0.0.0_0", "the key is known");
  ok_for(t, ruleset_way(way), ask(&r, &rule, "::fffe:10.1.2.3") == RULE_ALLOW);
  is_string(t, r.key.s, "ip6/::_0", "the key is known");
  address_parse(&a, "::ffff:10.1.2.3", 80);
  ok_for(t, ruleset_way(way), rules_check_address(&r, &rule, &a) == RULE_REFUSE);
  address_parse(&a, "10.1.2.3", 80);
  ok_for(t, ruleset_way(way), rules_check_address(&r, &rule, &a) == RULE_REFUSE);
  a.sa.any.sa_family = AF_UNIX;
  ok_for(t, ruleset_way(way), rules_check_address(&r, &rule, &a) == RULE_ERROR && errno == EAFNOSUPPORT && r.fault.why);
  rules_close(&r);
  ruleset_free(&s);
}

/* ---- what a rule says ---- */

static void test_texts(struct tap *t, unsigned int way)
{
  struct ruleset s;
  struct rules r;
  struct rule rule;
  ruleset_new(&s);
  ruleset_put(&s, "ip4/127.0.0.1_32", "allow", "any content");
  ruleset_put(&s, "ip4/127.0.0.1_32", "deny", "allow wins");
  ruleset_put(&s, "ip4/127.0.0.1_32", "env/ONE", "  1 2 \t\r\nsecond line\n");
  ruleset_put(&s, "ip4/127.0.0.1_32", "env/.hidden", "x\n");
  ruleset_put(&s, "ip4/127.0.0.1_32", "env/A=B", "x\n");
  ruleset_put(&s, "ip4/127.0.0.1_32", "exec", "echo hello\n");
  ruleset_put(&s, "ip4/127.0.0.2_32", "allow", "");
  ruleset_put(&s, "ip4/127.0.0.2_32", "env/GONE", "");
  ruleset_put(&s, "ip4/127.0.0.3_32", "allow", "");
  ruleset_put(&s, "ip4/127.0.0.3_32", "env/EMPTY", "\n");
  ruleset_put_bytes(&s, "ip4/127.0.0.4_32", "env/NUL", "a\0b\n", 4);
  ruleset_put(&s, "ip4/127.0.0.4_32", "allow", "");
  ruleset_put(&s, "ip4/127.0.0.5_32", "env/NOBODY", "neither allowed nor denied\n");
  ruleset_put(&s, "ip4/127.0.0.6_32", "allow", "");
  ruleset_put(&s, "ip4/127.0.0.6_32", "exec", "");
  ruleset_open(&s, &r, way);
  ok_for(t, ruleset_way(way), ask(&r, &rule, "127.0.0.1") == RULE_ALLOW);
  ok_for(t, ruleset_way(way), rule.env_length == 10 && !memcmp(rule.env, "ONE=  1 2", 10));
  ok_for(t, ruleset_way(way), rule.exec_length == 11 && rule.exec && !strcmp(rule.exec, "echo hello\n"));
  ok_for(t, ruleset_way(way), ask(&r, &rule, "127.0.0.2") == RULE_ALLOW && rule.env_length == 5 && !memcmp(rule.env, "GONE", 5));
  ok_for(t, ruleset_way(way), !rule.exec && !rule.exec_length);
  ok_for(t, ruleset_way(way), ask(&r, &rule, "127.0.0.3") == RULE_ALLOW && rule.env_length == 7 && !memcmp(rule.env, "EMPTY=", 7));
  ok_for(t, ruleset_way(way), ask(&r, &rule, "127.0.0.4") == RULE_ALLOW && rule.env_length == 8 && !memcmp(rule.env, "NUL=a\nb", 8));
  ok_for(t, ruleset_way(way), ask(&r, &rule, "127.0.0.5") == RULE_NONE);
  ok_for(t, ruleset_way(way), ask(&r, &rule, "127.0.0.6") == RULE_ALLOW && !rule.exec);
  ok_for(t, ruleset_way(way), ask(&r, &rule, "::1") == RULE_NONE);
  ok_for(t, ruleset_way(way), r.key.length == 0 && !r.key.s[0]);
  rules_close(&r);
  ruleset_free(&s);
}

static void test_empty(struct tap *t, unsigned int way)
{
  struct ruleset s;
  struct rules r;
  struct rule rule;
  ruleset_new(&s);
  ruleset_open(&s, &r, way);
  ok_for(t, ruleset_way(way), ask(&r, &rule, "127.0.0.1") == RULE_NONE);
  ok_for(t, ruleset_way(way), ask(&r, &rule, "::1") == RULE_NONE);
  ok_for(t, ruleset_way(way), ask_name(&r, "example.com") == RULE_NONE);
  ok_for(t, ruleset_way(way), rules_check_ids(&r, &rule, 1, 1, 0, 0) == RULE_NONE);
  rules_close(&r);
  ruleset_free(&s);
}

/* ---- names ---- */

static void test_names(struct tap *t, unsigned int way)
{
  struct ruleset s;
  struct rules r;
  struct rule rule;
  ruleset_new(&s);
  ruleset_put(&s, "reversedns/good.example.com", "allow", "");
  ruleset_put(&s, "reversedns/example.com", "deny", "");
  ruleset_put(&s, "reversedns/org", "allow", "");
  ruleset_put(&s, "reversedns/Capital.net", "deny", "");
  ruleset_put(&s, "reversedns/net", "allow", "");
  ruleset_put(&s, "reversedns/@", "deny", "");
  ruleset_put(&s, "ip4/192.168.0.0_16", "allow", "");
  ruleset_open(&s, &r, way);
  ok_for(t, ruleset_way(way), ask_name(&r, "good.example.com") == RULE_ALLOW);
  is_string(t, r.key.s, "reversedns/good.example.com", "the key is known");
  ok_for(t, ruleset_way(way), ask_name(&r, "good.example.com.") == RULE_ALLOW);
  ok_for(t, ruleset_way(way), ask_name(&r, "www.good.example.com") == RULE_ALLOW);
  ok_for(t, ruleset_way(way), ask_name(&r, "notgood.example.com") == RULE_REFUSE);
  ok_for(t, ruleset_way(way), ask_name(&r, "example.com") == RULE_REFUSE);
  ok_for(t, ruleset_way(way), ask_name(&r, "EXAMPLE.COM") == RULE_REFUSE);
  is_string(t, r.key.s, "reversedns/example.com", "in lower case");
  ok_for(t, ruleset_way(way), ask_name(&r, "notexample.com") == RULE_REFUSE);
  is_string(t, r.key.s, "reversedns/@", "by the last key");
  ok_for(t, ruleset_way(way), ask_name(&r, "a.b.c.d.org") == RULE_ALLOW);
  ok_for(t, ruleset_way(way), ask_name(&r, "Capital.net") == RULE_REFUSE);
  ok_for(t, ruleset_way(way), ask_name(&r, "www.Capital.net") == RULE_REFUSE);
  ok_for(t, ruleset_way(way), ask_name(&r, "capital.net") == RULE_ALLOW);
  ok_for(t, ruleset_way(way), ask_name(&r, "../ip4/192.168.0.0_16") == RULE_ERROR && errno == EINVAL);
  ok_for(t, ruleset_way(way), ask_name(&r, "") == RULE_ERROR && errno == EINVAL);
  ok_for(t, ruleset_way(way), ask_name(&r, ".") == RULE_ERROR);
  ok_for(t, ruleset_way(way), ask_name(&r, "@") == RULE_ERROR);
  ok_for(t, ruleset_way(way), ask_name(&r, "x..org") == RULE_ERROR);
  ok_for(t, ruleset_way(way), ask_name(&r, "x.org..") == RULE_ERROR);
  ok_for(t, ruleset_way(way), rules_check_name(&r, &rule, "x.org\0.example.com", 18) == RULE_ERROR && errno == EINVAL);
  rules_close(&r);
  ruleset_free(&s);
}

/* ---- ids ---- */

static void test_ids(struct tap *t, unsigned int way)
{
  static gid_t const good[] = { 7, 20 }, mixed[] = { 20, 7, 21 }, reversed[] = { 21, 20 }, none[] = { 1, 2, 3 };
  struct ruleset s;
  struct rules r;
  struct rule rule;
  ruleset_new(&s);
  ruleset_put(&s, "uid/1001", "deny", "");
  ruleset_put(&s, "uid/1002", "allow", "");
  ruleset_put(&s, "gid/10", "allow", "");
  ruleset_put(&s, "gid/20", "allow", "");
  ruleset_put(&s, "gid/20", "env/TWENTY", "yes\n");
  ruleset_put(&s, "gid/21", "deny", "");
  ruleset_put(&s, "gid/22", "allow", "");
  ruleset_put(&s, "uid/default", "deny", "");
  ruleset_open(&s, &r, way);
  ok_for(t, ruleset_way(way), rules_check_ids(&r, &rule, 1001, 10, good, 2) == RULE_REFUSE);
  is_string(t, r.key.s, "uid/1001", "the uid comes first");
  ok_for(t, ruleset_way(way), rules_check_ids(&r, &rule, 1002, 21, reversed, 2) == RULE_ALLOW);
  ok_for(t, ruleset_way(way), rules_check_ids(&r, &rule, 5, 10, reversed, 2) == RULE_ALLOW);
  is_string(t, r.key.s, "gid/10", "then the gid");
  ok_for(t, ruleset_way(way), rules_check_ids(&r, &rule, 5, 5, good, 2) == RULE_ALLOW);
  ok_for(t, ruleset_way(way), rule.env_length == 11 && !memcmp(rule.env, "TWENTY=yes", 11));
  is_string(t, r.key.s, "gid/20", "then the other groups");
  ok_for(t, ruleset_way(way), rules_check_ids(&r, &rule, 5, 5, mixed, 3) == RULE_REFUSE);
  is_string(t, r.key.s, "gid/21", "a refused group decides, whatever the order");
  ok_for(t, ruleset_way(way), rules_check_ids(&r, &rule, 5, 5, reversed, 2) == RULE_REFUSE);
  ok_for(t, ruleset_way(way), rules_check_ids(&r, &rule, 5, 5, none, 3) == RULE_REFUSE);
  is_string(t, r.key.s, "uid/default", "the default comes last");
  ok_for(t, ruleset_way(way), rules_check_ids(&r, &rule, geteuid(), 5, 0, 0) == RULE_REFUSE);
  rules_close(&r);
  ruleset_free(&s);
}

static void test_self(struct tap *t, unsigned int way)
{
  struct ruleset s;
  struct rules r;
  struct rule rule;
  char key[32];
  ruleset_new(&s);
  ruleset_put(&s, "uid/self", "allow", "");
  sprintf(key, "uid/%u", (unsigned int)geteuid());
  ruleset_put(&s, key, "deny", "");
  ruleset_put(&s, "gid/self", "allow", "");
  sprintf(key, "gid/%u", (unsigned int)getegid());
  ruleset_put(&s, key, "deny", "");
  ruleset_open(&s, &r, way);
  ok_for(t, ruleset_way(way), rules_check_ids(&r, &rule, geteuid(), 60000, 0, 0) == RULE_ALLOW);
  is_string(t, r.key.s, "uid/self", "self comes first");
  ok_for(t, ruleset_way(way), rules_check_ids(&r, &rule, geteuid() + 1, getegid(), 0, 0) == RULE_ALLOW);
  is_string(t, r.key.s, "gid/self", "self comes first");
  ok_for(t, ruleset_way(way), rules_check_ids(&r, &rule, geteuid() + 1, getegid() + 1, 0, 0) == RULE_NONE);
  rules_close(&r);
  ruleset_free(&s);
}

/* A client in as many groups as the system allows: every group with a rule counts, wherever it stands. */
static void test_many_groups(struct tap *t, unsigned int way)
{
  enum { MOST = 65536 };
  static gid_t groups[MOST];
  struct ruleset s;
  struct rules r;
  struct rule rule;
  unsigned int i, wrong = 0;
  for (i = 0; i < MOST; i++) groups[i] = 1000000 + (i * 7919u) % MOST;
  ruleset_new(&s);
  ruleset_put(&s, "gid/5", "allow", "");
  ruleset_put(&s, "gid/0500", "deny", "");
  ruleset_put(&s, "gid/1007", "deny", "");
  ruleset_put(&s, "gid/4294967294", "allow", "");
  ruleset_open(&s, &r, way);
  ok_for(t, ruleset_way(way), rules_check_ids(&r, &rule, 1, 1, groups, MOST) == RULE_NONE && !r.key.length);
  for (i = 0; i < MOST; i += 4099)
  {
    gid_t saved = groups[i];
    groups[i] = 5;
    wrong += rules_check_ids(&r, &rule, 1, 1, groups, MOST) != RULE_ALLOW;
    groups[i] = 4294967294u;
    wrong += rules_check_ids(&r, &rule, 1, 1, groups, MOST) != RULE_ALLOW;
    groups[MOST - 1] = 1007;
    wrong += rules_check_ids(&r, &rule, 1, 1, groups, MOST) != RULE_REFUSE;
    groups[MOST - 1] = 1;
    groups[i] = saved;
  }
  ok_for(t, ruleset_way(way), !wrong);
  if (way < 2)
  {
    ruleset_put(&s, "gid/1000001", "deny", "");
    ok_for(t, ruleset_way(way), rules_check_ids(&r, &rule, 1, 1, groups, MOST) == RULE_REFUSE);
  }
  rules_close(&r);
  ruleset_free(&s);
}

/* The id that stands for all those that are not mapped here. */
static void test_overflow(struct tap *t, unsigned int way)
{
  static gid_t const nobody[] = { 65534 };
  struct ruleset s;
  struct rules r;
  struct rule rule;
  ruleset_new(&s);
  ruleset_put(&s, "uid/65534", "allow", "");
  ruleset_put(&s, "gid/65534", "allow", "");
  ruleset_open(&s, &r, way);
  r.overflow = (struct rule_overflow){ 0, 0, 65534, 65534 };
  ok_for(t, ruleset_way(way), rules_check_ids(&r, &rule, 65534, 1, 0, 0) == RULE_ALLOW);
  r.overflow = (struct rule_overflow){ 1, 1, 65534, 65534 };
  ok_for(t, ruleset_way(way), rules_check_ids(&r, &rule, 65534, 1, 0, 0) == RULE_NONE && !r.key.length);
  ok_for(t, ruleset_way(way), rules_check_ids(&r, &rule, 1, 65534, 0, 0) == RULE_NONE && !r.key.length);
  ok_for(t, ruleset_way(way), rules_check_ids(&r, &rule, 1, 1, nobody, 1) == RULE_NONE && !r.key.length);
  rules_close(&r);
  ruleset_remove(&s, "gid/65534");
  ruleset_put(&s, "gid/65534", "deny", "");
  ruleset_put(&s, "uid/default", "allow", "");
  ruleset_open(&s, &r, way);
  r.overflow = (struct rule_overflow){ 1, 1, 65534, 65534 };
  ok_for(t, ruleset_way(way), rules_check_ids(&r, &rule, 65534, 1, 0, 0) == RULE_ALLOW);
  is_string(t, r.key.s, "uid/default", "a rule for all clients is one for them");
  ok_for(t, ruleset_way(way), rules_check_ids(&r, &rule, 1, 65534, 0, 0) == RULE_REFUSE);
  ok_for(t, ruleset_way(way), rules_check_ids(&r, &rule, 1, 1, nobody, 1) == RULE_REFUSE);
  rules_close(&r);
  ruleset_free(&s);
}

int main(void)
{
  struct tap t = { 0, 0 };
  unsigned int way = 0;
  for (; way < RULESET_WAYS; way++)
  {
    test_boundaries(&t, way);
    test_longest(&t, way);
    test_mapped(&t, way);
    test_texts(&t, way);
    test_empty(&t, way);
    test_names(&t, way);
    test_ids(&t, way);
    test_self(&t, way);
    test_many_groups(&t, way);
    test_overflow(&t, way);
  }
  return tap_done(&t);
}
