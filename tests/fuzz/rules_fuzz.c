/* Any bytes as a record, as a key and as the name of a client. What is said of a key is what happens: a
   ruleset of that key alone matches the client it names, or no client. */

#include <arpa/inet.h>
#include <ctype.h>

#include <skalibs/cdbmake.h>

#include "rules_fuzz.h"

static struct fuzz_file file;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
  (void)argc;
  (void)argv;
  fuzz_file_make(&file);
  return 0;
}

static void record(char const *s, size_t size)
{
  static struct rule_space space;
  static char again[RULE_RECORD_MAX];
  struct rule rule;
  char const *why = 0;
  enum ruling ruling = rule_parse(&rule, s, size, &why);
  if (ruling != RULE_ALLOW)
  {
    HOLDS(ruling == RULE_REFUSE || (ruling == RULE_ERROR && why));
    return;
  }
  memcpy(space.env, rule.env, rule.env_length);
  memcpy(space.exec, rule.exec, rule.exec_length);
  space.env_length = rule.env_length;
  space.exec_length = rule.exec_length;
  HOLDS(rule_record(again, ruling, &space) == size && !memcmp(again, s, size));
}

static void name(char const *s, size_t size)
{
  size_t i = 0;
  if (!hostname_is_clean(s, size)) return;
  HOLDS(size && size <= HOSTNAME_MAX + 1 && s[0] != '.');
  for (; i < size; i++) HOLDS(isalnum((unsigned char)s[i]) || strchr("-_.", s[i]));
}

static int is_decided_by(struct rules *r, enum ruling ruling, char const *key, size_t size)
{
  return ruling == RULE_REFUSE && r->key.length == size && !memcmp(r->key.s, key, size);
}

/* The client that the key seems to name: its address without the prefix length. */
static int matches_ip(struct rules *r, char const *key, size_t size, int is6)
{
  char word[64];
  uint8_t ip[16];
  struct rule rule;
  size_t n = size - 4;
  while (n && key[4 + n - 1] != '_') n--;
  if (n < 2 || n > sizeof word) return 0;
  memcpy(word, key + 4, n - 1);
  word[n - 1] = 0;
  if (inet_pton(is6 ? AF_INET6 : AF_INET, word, ip) != 1) return 0;
  return is_decided_by(r, rules_check_ip(r, &rule, is6, ip), key, size);
}

static int matches(struct rules *r, char const *key, size_t size)
{
  struct rule rule;
  if (size > 4 && !memcmp(key, "ip4/", 4)) return matches_ip(r, key, size, 0);
  if (size > 4 && !memcmp(key, "ip6/", 4)) return matches_ip(r, key, size, 1);
  if (size == 12 && !memcmp(key, "reversedns/@", 12)) return is_decided_by(r, rules_check_name(r, &rule, "x", 1), key, size);
  if (size > 11 && !memcmp(key, "reversedns/", 11))
    return is_decided_by(r, rules_check_name(r, &rule, key + 11, size - 11), key, size);
  return -1;
}

static void one_key(char const *s, size_t size)
{
  char words[300];
  struct text why = TEXT_IN(words);
  int flaw = rule_key_flaw(&why, s, size);
  cdbmaker maker = CDBMAKER_ZERO;
  struct rules r;
  int found;
  HOLDS(!flaw == !why.length && !why.cut);
  if (size > RULE_KEY_MAX) return;
  if (!memchr(s, '/', size)) return;
  fuzz_file_write(&file, (uint8_t const *)"", 0);
  HOLDS(cdbmake_start(&maker, file.fd) && cdbmake_add(&maker, s, (unsigned int)size, "D", 1) && cdbmake_finish(&maker));
  HOLDS(rules_open_cdb(&r, file.path, RULES_KEPT) == 0);
  found = matches(&r, s, size);
  if (found >= 0) HOLDS(found == !flaw);
  rules_close(&r);
}

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size)
{
  char const *s = (char const *)data;
  record(s, size);
  name(s, size);
  one_key(s, size);
  return 0;
}
