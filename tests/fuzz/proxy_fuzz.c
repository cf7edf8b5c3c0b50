/* Any bytes as the beginning of a connection. What is said of some bytes holds for more of them: a header stays the
   same header, what is wrong stays wrong, and no more is asked for than the header turns out to have. The first
   byte chooses what is accepted. */

#include "fuzz.h"
#include "proxy.h"

static void values_are_within(struct proxy_header const *h, char const *s)
{
  size_t i = 0, k;
  for (; i < PROXY_FIELD_COUNT; i++)
  {
    struct proxy_value const *v = &h->fields[i];
    if (!v->s) continue;
    HOLDS(v->s >= s && v->s + v->length <= s + h->length && v->length && v->length <= PROXY_VALUE_LONGEST);
    for (k = 0; k < v->length; k++) HOLDS(v->s[k] >= ' ' && v->s[k] <= '~');
  }
}

/* What was read is written, and read again. */
static void again(struct proxy_header const *h)
{
  char s[PROXY_V1_LONGEST];
  struct proxy_header other;
  unsigned int version = PROXY_V1;
  if (h->about != PROXY_CLIENT) return;
  for (; version <= PROXY_V2; version++)
  {
    size_t n = proxy_write(s, version, &h->remote, &h->local);
    HOLDS(proxy_parse(&other, s, n, version) == PROXY_COMPLETE && other.length == n && other.about == PROXY_CLIENT);
    HOLDS(address_port(&other.remote) == address_port(&h->remote));
  }
}

static enum proxy_verdict prefix(struct proxy_header *h, char const *s, size_t n, unsigned int accepted)
{
  char *copy = fuzz_word((uint8_t const *)s, n);
  enum proxy_verdict verdict = proxy_parse(h, copy, n, accepted);
  HOLDS(verdict == PROXY_WRONG ? h->why && *h->why : verdict == PROXY_MORE ? h->length > n && h->length <= PROXY_LONGEST : h->length <= n);
  if (verdict == PROXY_COMPLETE) values_are_within(h, copy);
  if (verdict == PROXY_COMPLETE) again(h);
  free(copy);
  return verdict;
}

extern int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size);
int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size)
{
  struct proxy_header h;
  char const *s = (char const *)data + 1;
  unsigned int accepted;
  size_t n = 0, least = 0, length = 0;
  enum proxy_verdict last = PROXY_MORE, now;
  if (!size) return 0;
  accepted = data[0] & 3 ? data[0] & 7 : PROXY_ANY;
  for (; n < size; n++)
  {
    now = prefix(&h, s, n, accepted);
    if (last == PROXY_WRONG) HOLDS(now == PROXY_WRONG);
    if (last == PROXY_COMPLETE) HOLDS(now == PROXY_COMPLETE && h.length == length);
    if (now == PROXY_MORE) HOLDS(last == PROXY_MORE && h.length >= least);
    if (now == PROXY_COMPLETE) HOLDS(h.length >= least);
    if (now == PROXY_MORE) least = h.length;
    else length = h.length;
    last = now;
  }
  return 0;
}
