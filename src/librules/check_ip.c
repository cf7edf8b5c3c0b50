/* Judging by an address: ip4/ADDR_LEN or ip6/ADDR_LEN, from the longest prefix that any rule has to the
   shortest. */

#include <errno.h>
#include <string.h>

#include <skalibs/fmtscan.h>

#include "rules_internal.h"

static enum ruling find_prefix(struct rules *r, struct rule *rule, int is6, uint8_t const *ip, unsigned int prefix)
{
  char space[IP6_FMT + 16], address[IP6_FMT];
  struct text key = TEXT_IN(space);
  size_t n = is6 ? ip6_fmt(address, (char const *)ip) : ip4_fmt(address, (char const *)ip);
  text_put(&key, is6 ? "ip6/" : "ip4/", 4);
  text_put(&key, address, n);
  text_put(&key, "_", 1);
  text_number(&key, prefix);
  return check_key(r, rule, &key);
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
  if (check_begin(r) == -1) return RULE_ERROR;
  present = r->form == RULES_DIR ? directory_prefixes(r, is6) : &r->present[is6];
  if (present) ruling = find_prefixes(r, rule, is6, bytes, present);
  return check_end(r, ruling);
}

enum ruling rules_check_address(struct rules *r, struct rule *rule, struct address const *a)
{
  switch (a->sa.any.sa_family)
  {
    case AF_INET : return rules_check_ip(r, rule, 0, &a->sa.in4.sin_addr);
    case AF_INET6 : return rules_check_ip(r, rule, 1, &a->sa.in6.sin6_addr);
    default : return check_fail(r, EAFNOSUPPORT, "the client's address is not an internet address");
  }
}
