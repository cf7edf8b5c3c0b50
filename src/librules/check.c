/* Lookups: which keys a client is judged by, and in which order. The first that has a rule decides. */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/fmtscan.h>

#include "rules_internal.h"

static char const not_a_name[] = "the client's name is not a host name";
static char const not_ip[] = "the client's address is not an internet address";

void rules_begin(struct rules *r, char const *path, enum rules_use use)
{
  memset(r, 0, sizeof *r);
  r->path = path;
  r->use = use;
  r->fd = -1;
  rules_forget(r);
}

void rules_forget(struct rules *r)
{
  r->key = (struct text)TEXT_IN(r->key_space);
  text_end(&r->key);
  trouble_clear(&r->trouble);
}

void rules_close(struct rules *r)
{
  if (r->form == RULES_CDB) cdb_free(&r->image);
  r->form = RULES_NONE;
}

static int begin(struct rules *r)
{
  rules_forget(r);
  return r->form == RULES_DIR ? directory_begin(r) : 0;
}

static enum ruling end(struct rules *r, enum ruling ruling)
{
  int e = errno;
  if (r->form == RULES_DIR) directory_end(r);
  errno = e;
  return ruling;
}

static enum ruling find(struct rules *r, struct rule *rule, struct text *key)
{
  enum ruling ruling;
  text_end(key);
  ruling = r->form == RULES_DIR ? directory_find(r, rule, key->s, key->length) : image_find(r, rule, key->s, key->length);
  if (ruling == RULE_NONE) return ruling;
  r->key.length = 0;
  text_put(&r->key, key->s, key->length);
  text_end(&r->key);
  return ruling;
}

static enum ruling find_prefix(struct rules *r, struct rule *rule, int is6, uint8_t const *ip, unsigned int prefix)
{
  char space[IP6_FMT + 16], address[IP6_FMT];
  struct text key = TEXT_IN(space);
  size_t n = is6 ? ip6_fmt(address, (char const *)ip) : ip4_fmt(address, (char const *)ip);
  text_put(&key, is6 ? "ip6/" : "ip4/", 4);
  text_put(&key, address, n);
  text_put(&key, "_", 1);
  text_number(&key, prefix);
  return find(r, rule, &key);
}

static enum ruling find_prefixes(struct rules *r, struct rule *rule, int is6, uint8_t const *ip, struct prefixes const *present)
{
  uint8_t masked[16];
  size_t size = is6 ? 16 : 4;
  unsigned int prefix = (unsigned int)size * 8 + 1;
  memcpy(masked, ip, size);
  while (prefix--)
  {
    enum ruling ruling;
    if (!prefixes_has(present, prefix)) continue;
    ip_mask(masked, size, prefix);
    ruling = find_prefix(r, rule, is6, masked, prefix);
    if (ruling != RULE_NONE) return ruling;
  }
  return RULE_NONE;
}

enum ruling rules_check_ip(struct rules *r, struct rule *rule, int is6, void const *ip)
{
  uint8_t const *bytes = ip;
  struct prefixes const *present;
  enum ruling ruling = RULE_ERROR;
  is6 = !!is6;
  if (is6 && ip_is_mapped(bytes))
  {
    bytes += 12;
    is6 = 0;
  }
  if (begin(r) == -1) return RULE_ERROR;
  present = r->form == RULES_DIR ? directory_prefixes(r, is6) : &r->present[is6];
  if (present) ruling = find_prefixes(r, rule, is6, bytes, present);
  return end(r, ruling);
}

enum ruling rules_check_address(struct rules *r, struct rule *rule, struct address const *a)
{
  switch (a->sa.any.sa_family)
  {
    case AF_INET : return rules_check_ip(r, rule, 0, &a->sa.in4.sin_addr);
    case AF_INET6 : return rules_check_ip(r, rule, 1, &a->sa.in6.sin6_addr);
    default :
      rules_forget(r);
      errno = EAFNOSUPPORT;
      trouble_note(&r->trouble, 0, 0, not_ip);
      return RULE_ERROR;
  }
}

static enum ruling find_word(struct rules *r, struct rule *rule, char const *type, char const *word, size_t length)
{
  char space[RULE_KEY_MAX + 1];
  struct text key = TEXT_IN(space);
  text_string(&key, type);
  text_put(&key, word, length);
  return find(r, rule, &key);
}

/* Whoever compiled the ruleset may have used capitals, as the name's owner may: neither gets around the
   other's rule. */
static enum ruling find_name(struct rules *r, struct rule *rule, char const *name, char const *lower, size_t length)
{
  enum ruling ruling = find_word(r, rule, "reversedns/", name, length);
  if (ruling != RULE_NONE || !memcmp(name, lower, length)) return ruling;
  return find_word(r, rule, "reversedns/", lower, length);
}

static enum ruling find_names(struct rules *r, struct rule *rule, char const *name, size_t length)
{
  char space[RULE_NAME_MAX];
  char const *lower = space;
  size_t i = 0;
  for (; i < length; i++) space[i] = name[i] >= 'A' && name[i] <= 'Z' ? (char)(name[i] + 32) : name[i];
  for (;;)
  {
    enum ruling ruling = find_name(r, rule, name, lower, length);
    char const *dot = memchr(name, '.', length);
    size_t label;
    if (ruling != RULE_NONE) return ruling;
    if (!dot) return find_word(r, rule, "reversedns/", "@", 1);
    label = (size_t)(dot - name) + 1;
    name += label;
    lower += label;
    length -= label;
  }
}

enum ruling rules_check_name(struct rules *r, struct rule *rule, char const *name, size_t length)
{
  if (length && name[length - 1] == '.') length--;
  if (!rules_is_hostname(name, length))
  {
    rules_forget(r);
    errno = EINVAL;
    trouble_note(&r->trouble, 0, 0, not_a_name);
    return RULE_ERROR;
  }
  if (begin(r) == -1) return RULE_ERROR;
  return end(r, find_names(r, rule, name, length));
}

static enum ruling find_id(struct rules *r, struct rule *rule, char const *type, uint64_t id)
{
  char digits[20];
  struct text t = TEXT_IN(digits);
  text_number(&t, id);
  return find_word(r, rule, type, t.s, t.length);
}

static enum ruling find_self_or_id(struct rules *r, struct rule *rule, char const *type, uint64_t id, uint64_t self)
{
  enum ruling ruling = id == self ? find_word(r, rule, type, "self", 4) : RULE_NONE;
  return ruling != RULE_NONE ? ruling : find_id(r, rule, type, id);
}

/* Their order means nothing to whoever wrote the rules, so it must not decide: a refusal or an error does. */
static enum ruling find_groups(struct rules *r, struct rule *rule, gid_t const *groups, size_t n)
{
  size_t i = 0, allowed = n;
  for (; i < n; i++)
  {
    enum ruling ruling = find_id(r, rule, "gid/", groups[i]);
    if (ruling == RULE_REFUSE || ruling == RULE_ERROR) return ruling;
    if (ruling == RULE_ALLOW && allowed == n) allowed = i;
  }
  return allowed < n ? find_id(r, rule, "gid/", groups[allowed]) : RULE_NONE;
}

static enum ruling find_ids(struct rules *r, struct rule *rule, uid_t uid, gid_t gid, gid_t const *groups, size_t n)
{
  enum ruling ruling = find_self_or_id(r, rule, "uid/", uid, geteuid());
  if (ruling == RULE_NONE) ruling = find_self_or_id(r, rule, "gid/", gid, getegid());
  if (ruling == RULE_NONE) ruling = find_groups(r, rule, groups, n);
  if (ruling == RULE_NONE) ruling = find_word(r, rule, "uid/", "default", 7);
  return ruling;
}

enum ruling rules_check_ids(struct rules *r, struct rule *rule, uid_t uid, gid_t gid, gid_t const *groups, size_t ngroups)
{
  if (begin(r) == -1) return RULE_ERROR;
  return end(r, find_ids(r, rule, uid, gid, groups, ngroups));
}
