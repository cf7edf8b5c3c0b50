/* Judging by a name: reversedns/NAME, then each parent domain, then reversedns/@. A name has at most 127 labels,
   so that is how many keys are looked up, each in two spellings. */

#include <errno.h>
#include <string.h>

#include "rules_internal.h"

/* The author of the rules may have used capitals, as the owner of the name may: neither gets around the
   other's rule. */
static enum ruling find_name(struct rules *r, struct rule *rule, char const *name, char const *lower, size_t length)
{
  enum ruling ruling = check_word(r, rule, "reversedns/", name, length);
  if (ruling != RULE_NONE || !memcmp(name, lower, length)) return ruling;
  return check_word(r, rule, "reversedns/", lower, length);
}

static enum ruling find_names(struct rules *r, struct rule *rule, char const *name, size_t length)
{
  char space[HOSTNAME_MAX];
  char const *lower = space;
  size_t i = 0;
  for (; i < length; i++) space[i] = hostname_lower(name[i]);
  for (;;)
  {
    enum ruling ruling = find_name(r, rule, name, lower, length);
    char const *dot = memchr(name, '.', length);
    size_t label;
    if (ruling != RULE_NONE) return ruling;
    if (!dot) return check_word(r, rule, "reversedns/", "@", 1);
    label = (size_t)(dot - name) + 1;
    name += label;
    lower += label;
    length -= label;
  }
}

enum ruling rules_check_name(struct rules *r, struct rule *rule, char const *name, size_t length)
{
  if (!hostname_is_clean(name, length)) return check_fail(r, EINVAL, "the client's name is not a host name");
  if (name[length - 1] == '.') length--;
  if (check_begin(r) == -1) return RULE_ERROR;
  return check_end(r, find_names(r, rule, name, length));
}
