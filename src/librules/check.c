/* Lookups, whatever a client is judged by: one key after the other, and the first that has a rule decides. */

#include <errno.h>

#include "rules_internal.h"

int check_begin(struct rules *r)
{
  ruleset_forget(r);
  return r->form == RULES_DIR ? directory_begin(r) : 0;
}

enum ruling check_end(struct rules *r, enum ruling ruling)
{
  int e = errno;
  if (r->form == RULES_DIR) directory_end(r);
  errno = e;
  return ruling;
}

enum ruling check_fail(struct rules *r, int e, char const *why)
{
  ruleset_forget(r);
  errno = e;
  fault_note(&r->fault, 0, 0, why);
  return RULE_ERROR;
}

enum ruling check_key(struct rules *r, struct rule *rule, struct text *key)
{
  enum ruling ruling;
  text_end(key);
  ruling = r->form == RULES_DIR ? directory_find(r, rule, key->s) : database_find(r, rule, key->s, key->length);
  if (ruling == RULE_NONE) return ruling;
  r->key.length = 0;
  text_put(&r->key, key->s, key->length);
  text_end(&r->key);
  return ruling;
}

enum ruling check_word(struct rules *r, struct rule *rule, char const *type, char const *word, size_t length)
{
  char space[RULE_KEY_MAX + 1];
  struct text key = TEXT_IN(space);
  text_string(&key, type);
  text_put(&key, word, length);
  return check_key(r, rule, &key);
}
