/* Lists of addresses, prefixes and user ids: see source_list.h. */

#include <errno.h>
#include <string.h>

#include "number.h"
#include "source_list.h"

enum { WORD_MAX = ADDRESS_TEXT_MAX + 4, IP4_BEGIN = 96, IP_BITS = 128 };

static int bad(void)
{
  errno = EINVAL;
  return -1;
}

static int bit(struct source const *s, unsigned int n)
{
  return s->bytes[n / 8] >> (7 - n % 8) & 1;
}

/* A bit after the prefix is a mistake in one of the two. */
static int is_cut(struct source_range const *r)
{
  unsigned int n = r->bits;
  for (; n < IP_BITS; n++)
    if (bit(&r->source, n)) return 0;
  return 1;
}

static int parse_user(struct source_range *r, char const *word)
{
  uint64_t id;
  if (number_parse(word, 10, ID_MAX, &id) == -1) return bad();
  source_of_user(&r->source, (uid_t)id);
  r->bits = IP_BITS;
  return 0;
}

/* length: what stands after the slash, or 0. */
static int parse_prefix(struct source_range *r, char const *ip, char const *length)
{
  struct address a;
  uint64_t bits;
  unsigned int begin;
  if (address_parse(&a, ip, 0) == -1) return bad();
  source_of_address(&r->source, &a, 32, IP_BITS);
  begin = r->source.family == AF_INET ? IP4_BEGIN : 0;
  bits = IP_BITS - begin;
  if (length && number_parse(length, 10, bits, &bits) == -1) return bad();
  r->bits = begin + (unsigned int)bits;
  return is_cut(r) ? 0 : bad();
}

static int parse_range(struct source_range *r, char *word)
{
  char *slash = strchr(word, '/');
  if (slash) *slash++ = 0;
  if (!slash && !strpbrk(word, ".:")) return parse_user(r, word);
  return parse_prefix(r, word, slash);
}

int source_list_parse(struct source_list *l, char const *word)
{
  l->count = 0;
  for (;;)
  {
    char one[WORD_MAX];
    size_t length = strcspn(word, ",");
    if (length >= sizeof one || l->count == SOURCE_LIST_MAX) return bad();
    memcpy(one, word, length);
    one[length] = 0;
    if (parse_range(&l->ranges[l->count++], one) == -1) return -1;
    if (!word[length]) return 0;
    word += length + 1;
  }
}

static int has_bits(struct source_range const *r, struct source const *s)
{
  unsigned int whole = r->bits / 8, rest = r->bits % 8;
  if (r->source.family != s->family || memcmp(r->source.bytes, s->bytes, whole)) return 0;
  return !rest || !((r->source.bytes[whole] ^ s->bytes[whole]) >> (8 - rest));
}

int source_list_has_source(struct source_list const *l, struct source const *s)
{
  unsigned int i = 0;
  for (; i < l->count; i++)
    if (has_bits(&l->ranges[i], s)) return 1;
  return 0;
}

int source_list_has_address(struct source_list const *l, struct address const *a)
{
  struct source s;
  source_of_address(&s, a, 32, IP_BITS);
  return source_list_has_source(l, &s);
}

int source_list_has_user(struct source_list const *l, uid_t uid)
{
  struct source s;
  if (uid == (uid_t)-1) return 0;
  source_of_user(&s, uid);
  return source_list_has_source(l, &s);
}

static int is_sources(char const *word)
{
  struct source_list l;
  return source_list_parse(&l, word) == 0;
}

struct kind const kind_sources = { is_sources, "addresses, prefixes (192.0.2.0/24) or user ids, separated by commas", 0 };
