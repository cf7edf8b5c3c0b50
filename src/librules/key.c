/* The form of keys: what lookups ask for is compared as text, so a key that is spelled in another way
   never matches. The functions here know. */

#include <arpa/inet.h>
#include <string.h>

#include <skalibs/fmtscan.h>

#include "number.h"
#include "rules_internal.h"

int key_prefix(char const *s, size_t length, unsigned int max)
{
  unsigned int value = 0;
  size_t digits = 0;
  while (digits < length && s[length - digits - 1] != '_') digits++;
  if (!digits || digits > 3 || digits == length) return -1;
  s += length - digits;
  if (s[0] == '0' && digits > 1) return -1;
  for (; digits; digits--, s++)
  {
    if (*s < '0' || *s > '9') return -1;
    value = value * 10 + (unsigned int)(*s - '0');
  }
  return value <= max ? (int)value : -1;
}

static int flaw(struct text *t, char const *why)
{
  text_string(t, why);
  return 1;
}

static int flaw_respelled(struct text *t, char const *why, char const *address, size_t length, unsigned int prefix)
{
  text_string(t, why);
  text_string(t, ", the key would be ");
  text_put(t, address, length);
  text_string(t, "_");
  text_number(t, prefix);
  return 1;
}

static int ip_flaw(struct text *t, char const *s, size_t length, int is6)
{
  char word[IP6_FMT + 8], canonical[IP6_FMT];
  uint8_t ip[16], masked[16];
  size_t size = is6 ? 16 : 4, n;
  int prefix = key_prefix(s, length, is6 ? 128 : 32);
  if (prefix == -1) return flaw(t, is6 ? "it does not end in _0 to _128" : "it does not end in _0 to _32");
  while (s[length - 1] != '_') length--;
  length--;
  if (length >= sizeof word) return flaw(t, "it is not an address");
  memcpy(word, s, length);
  word[length] = 0;
  if (strlen(word) != length || inet_pton(is6 ? AF_INET6 : AF_INET, word, ip) != 1) return flaw(t, "it is not an address");
  memcpy(masked, ip, size);
  ip_mask(masked, size, (unsigned int)prefix);
  n = is6 ? ip6_fmt(canonical, (char const *)masked) : ip4_fmt(canonical, (char const *)masked);
  if (memcmp(ip, masked, size))
    return flaw_respelled(t, "bits beyond the prefix are set", canonical, n, (unsigned int)prefix);
  if (n != length || memcmp(canonical, word, n))
    return flaw_respelled(t, "addresses are looked up in another spelling", canonical, n, (unsigned int)prefix);
  if (is6 && prefix >= 96 && ip_is_mapped(ip)) return flaw(t, "IPv4-mapped addresses are looked up as IPv4");
  return 0;
}

static int name_flaw(struct text *t, char const *s, size_t length)
{
  if (length == 1 && s[0] == '@') return 0;
  if (length > 1 && s[length - 1] == '.') return flaw(t, "names are looked up without a final dot");
  return hostname_is_clean(s, length) ? 0 : flaw(t, "it is not a host name");
}

int key_id(char const *s, size_t length, uint32_t *id)
{
  char word[11];
  uint64_t n;
  if (length >= sizeof word || (length > 1 && s[0] == '0')) return 0;
  memcpy(word, s, length);
  word[length] = 0;
  if (strlen(word) != length || number_parse(word, 10, ID_MAX, &n) == -1) return 0;
  *id = (uint32_t)n;
  return 1;
}

static int id_flaw(struct text *t, char const *s, size_t length, char const *const *words)
{
  uint32_t id;
  for (; *words; words++)
    if (strlen(*words) == length && !memcmp(s, *words, length)) return 0;
  if (key_id(s, length, &id)) return 0;
  while (length > 1 && s[0] == '0') s++, length--;
  return flaw(t, key_id(s, length, &id) ? "ids are looked up without leading zeros" : "it is not an id");
}

int certificate_name_is_clean(char const *s, size_t length)
{
  size_t i = 0;
  if (!length || length > HOSTNAME_MAX || s[0] == '.') return 0;
  for (; i < length; i++)
    if (!(s[i] >= 'a' && s[i] <= 'z') && !(s[i] >= '0' && s[i] <= '9') && !memchr("-._@+*", s[i], 6)) return 0;
  return 1;
}

static int certificate_flaw(struct text *t, char const *s, size_t length)
{
  size_t i = 7;
  if (length == 7 && !memcmp(s, "default", 7)) return 0;
  if (length != 71 || memcmp(s, "SHA256:", 7)) return flaw(t, "it is neither default nor SHA256: and 64 hexadecimal digits");
  for (; i < length; i++)
    if (!memchr("0123456789abcdef", s[i], 16)) return flaw(t, "hashes are looked up in lower case");
  return 0;
}

static int certificate_name_flaw(struct text *t, char const *s, size_t length)
{
  if (certificate_name_is_clean(s, length)) return 0;
  return flaw(t, "names of certificates are looked up in lower case, and without what is no letter, digit or one of - . _ @ + *");
}

static int starts(char const *key, size_t length, char const *type)
{
  size_t n = strlen(type);
  return length >= n && !memcmp(key, type, n);
}

int rule_key_flaw(struct text *t, char const *key, size_t length)
{
  static char const *const uids[] = { "self", "default", 0 };
  static char const *const gids[] = { "self", 0 };
  if (starts(key, length, "ip4/")) return ip_flaw(t, key + 4, length - 4, 0);
  if (starts(key, length, "ip6/")) return ip_flaw(t, key + 4, length - 4, 1);
  if (starts(key, length, "uid/")) return id_flaw(t, key + 4, length - 4, uids);
  if (starts(key, length, "gid/")) return id_flaw(t, key + 4, length - 4, gids);
  if (starts(key, length, "reversedns/")) return name_flaw(t, key + 11, length - 11);
  if (starts(key, length, "cert/")) return certificate_flaw(t, key + 5, length - 5);
  if (starts(key, length, "name/")) return certificate_name_flaw(t, key + 5, length - 5);
  return flaw(t, "its type is none of ip4, ip6, reversedns, uid, gid, cert, name");
}
