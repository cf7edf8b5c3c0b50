/* dns.h without a server to ask: what a question may be, what becomes of an answer. */

#include <errno.h>
#include <string.h>

#include "dns.h"
#include "tap.h"

static void test_questions(struct tap *t)
{
  struct dns_query q;
  struct address a;
  ok(t, dns_ask_addresses(&q, "example.org", AF_UNSPEC, 80) == 0);
  is_string(t, q.name, "example.org", "the name is asked as it is");
  errno = 0;
  ok(t, dns_ask_addresses(&q, "exa mple", AF_UNSPEC, 80) == -1 && errno == EINVAL);
  address_parse(&a, "::ffff:192.0.2.7", 9);
  dns_ask_name(&q, &a);
  ok(t, q.kind == DNS_NAME && q.address.sa.any.sa_family == AF_INET);
}

static void test_addresses(struct tap *t)
{
  struct dns_query q;
  struct address a;
  unsigned int i = 0;
  dns_ask_addresses(&q, "example.org", AF_UNSPEC, 80);
  address_parse(&a, "192.0.2.7", 0);
  dns_add(&q, &a.sa.any);
  ok(t, q.outcome == DNS_FOUND && q.count == 1 && address_port(&q.addresses[0]) == 80);
  ok(t, dns_confirms(&q, &a));
  address_parse(&a, "::ffff:192.0.2.7", 0);
  ok(t, dns_confirms(&q, &a));
  address_parse(&a, "192.0.2.8", 0);
  ok(t, !dns_confirms(&q, &a));
  address_parse(&a, "2001:db8::1", 0);
  ok(t, !dns_confirms(&q, &a));
  for (; i < 2 * DNS_ADDRESSES_MAX; i++) dns_add(&q, &a.sa.any);
  ok(t, q.count == DNS_ADDRESSES_MAX);
  ok(t, dns_confirms(&q, &a));
  ok(t, address_port(&q.addresses[1]) == 80);
}

static void test_names(struct tap *t)
{
  struct dns_query q;
  struct address a;
  address_parse(&a, "192.0.2.7", 0);
  dns_ask_name(&q, &a);
  dns_named(&q, "Mail.EXAMPLE.org.", 17);
  ok(t, q.outcome == DNS_FOUND);
  is_string(t, q.name, "mail.example.org", "a name found is in lower case, without its final dot");
  dns_ask_name(&q, &a);
  dns_named(&q, "good.example\0evil", 17);
  ok(t, q.outcome == DNS_FAILED);
  is_string(t, q.name, "", "a name that is not clean is not kept");
}

int main(void)
{
  struct tap t = { 0, 0 };
  test_questions(&t);
  test_addresses(&t);
  test_names(&t);
  return tap_done(&t);
}
