/* Any bytes as an IP address, and any address as text: what is accepted is written in a form that means the same. */

#include "address.h"
#include "fuzz.h"

static int same_ip(struct address const *a, struct address const *b)
{
  if (a->sa.any.sa_family != b->sa.any.sa_family) return 0;
  if (a->sa.any.sa_family == AF_INET) return a->sa.in4.sin_addr.s_addr == b->sa.in4.sin_addr.s_addr;
  return !memcmp(&a->sa.in6.sin6_addr, &b->sa.in6.sin6_addr, 16) && a->sa.in6.sin6_scope_id == b->sa.in6.sin6_scope_id;
}

static int is_mapped(struct address const *a)
{
  return a->sa.any.sa_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&a->sa.in6.sin6_addr);
}

static void as_text(struct address const *a)
{
  char s[ADDRESS_TEXT_MAX];
  struct text t = TEXT_IN(s);
  struct address again;
  address_put(&t, a);
  HOLDS(!t.cut && t.length < sizeof s);
  text_end(&t);
  HOLDS(strspn(s, "0123456789abcdef.:%") == strlen(s) || strchr(s, '%'));
  HOLDS(address_parse(&again, s, address_port(a)) == 0);
  HOLDS(is_mapped(a) || same_ip(a, &again));
}

/* Groups of clients: a shorter prefix never tells apart what a longer one counts as one. */
static void as_source(struct address const *a, unsigned int prefix4, unsigned int prefix6)
{
  char s[ADDRESS_TEXT_MAX];
  struct text t = TEXT_IN(s);
  struct source source, again;
  source_of_address(&source, a, prefix4, prefix6);
  source_of_address(&again, a, prefix4, prefix6);
  HOLDS(!memcmp(&source, &again, sizeof source));
  source_put(&t, &source, prefix4, prefix6);
  HOLDS(t.length && !t.cut);
}

static void raw(uint8_t const *data, size_t size)
{
  struct address a;
  if (size < 18) return;
  memset(&a, 0, sizeof a);
  a.length = sizeof a.sa.in6;
  a.sa.in6.sin6_family = AF_INET6;
  memcpy(&a.sa.in6.sin6_addr, data, 16);
  as_text(&a);
  as_source(&a, data[16] % 33, data[17] % 129);
}

extern int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size);
int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size)
{
  char *word = fuzz_word(data, size);
  struct address a;
  if (address_parse(&a, word, 80) == 0)
  {
    HOLDS(address_is_ip(&a) && address_port(&a) == 80);
    as_text(&a);
    as_source(&a, (unsigned int)size % 33, (unsigned int)(5 * size) % 129);
  }
  raw(data, size);
  free(word);
  return 0;
}
