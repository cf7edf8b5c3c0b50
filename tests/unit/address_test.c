/* address.h: strict parsing, canonical text, sources at every prefix boundary. */

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>

#include "address.h"
#include "tap.h"

static char const *text_of(struct address const *a)
{
  static char space[ADDRESS_TEXT_MAX];
  struct text t = TEXT_IN(space);
  address_put(&t, a);
  return text_end(&t);
}

static char const *source_text(char const *ip, unsigned int prefix4, unsigned int prefix6)
{
  static char space[ADDRESS_TEXT_MAX];
  struct text t = TEXT_IN(space);
  struct address a;
  struct source s;
  if (address_parse(&a, ip, 0) == -1) return "unparsed";
  source_of_address(&s, &a, prefix4, prefix6);
  source_put(&t, &s, prefix4, prefix6);
  return text_end(&t);
}

static void test_parse(struct tap *t)
{
  static char const *const good[][2] =
  {
    { "127.0.0.1", "127.0.0.1" }, { "0.0.0.0", "0.0.0.0" }, { "255.255.255.255", "255.255.255.255" },
    { "::", "::" }, { "::1", "::1" }, { "2001:DB8::1", "2001:db8::1" }, { "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1" },
    { "::ffff:1.2.3.4", "1.2.3.4" }, { "::ffff:102:304", "1.2.3.4" }, { 0, 0 }
  };
  static char const *const bad[] =
  {
    "", "1", "127.1", "1.2.3", "1.2.3.4.5", "1.2.3.4 ", " 1.2.3.4", "1.2.3.4 junk", "256.1.1.1", "1.2.3.04", "1.2.3.4%lo", "[::1]", ":::",
    "1:2:3:4:5:6:7:8:9", "::1%lo", "2001:db8::1%lo", "12345::", "localhost", "*", "::1/128",
    "1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb:cccc:dddd", 0
  };
  struct address a;
  unsigned int i = 0;
  for (; good[i][0]; i++)
    if (ok_for(t, good[i][0], !address_parse(&a, good[i][0], 80))) is_string(t, text_of(&a), good[i][1], good[i][0]);
  for (i = 0; bad[i]; i++) ok_for(t, bad[i], address_parse(&a, bad[i], 80) == -1 && errno == EINVAL);
}

static void test_scope(struct tap *t)
{
  struct address a;
  if (!if_nametoindex("lo")) return;
  ok(t, !address_parse(&a, "fe80::1%lo", 80));
  ok(t, a.sa.in6.sin6_scope_id == if_nametoindex("lo"));
  is_string(t, text_of(&a), "fe80::1%lo", "the scope is written by name");
  ok(t, !address_parse(&a, "ff02::1%lo", 80));
  is_string(t, text_of(&a), "ff02::1%lo", "that of a multicast address too");
  ok(t, !address_parse(&a, "fe80::1%1", 80) && a.sa.in6.sin6_scope_id == 1);
  ok(t, address_parse(&a, "fe80::1%no-such-if", 80) == -1 && errno == ENODEV);
  ok(t, address_parse(&a, "fe80::1%", 80) == -1);
  ok(t, address_parse(&a, "fe80::1%0", 80) == -1);
}

static void test_questions(struct tap *t)
{
  struct address a;
  ok(t, !address_parse(&a, "0.0.0.0", 80) && address_is_wildcard(&a) && address_is_ip(&a) && address_port(&a) == 80);
  ok(t, !address_parse(&a, "::", 65535) && address_is_wildcard(&a) && address_is_ip(&a) && address_port(&a) == 65535);
  ok(t, !address_parse(&a, "::ffff:0.0.0.0", 80) && address_is_wildcard(&a) && address_is_mapped(&a));
  address_unmap(&a);
  ok(t, a.sa.any.sa_family == AF_INET && a.length == sizeof a.sa.in4 && address_port(&a) == 80 && !address_is_mapped(&a));
  ok(t, !address_parse(&a, "::ffff:127.0.0.1", 0) && !address_is_wildcard(&a));
  ok(t, !address_parse(&a, "127.0.0.1", 0) && !address_is_wildcard(&a) && address_port(&a) == 0);
  a.sa.any.sa_family = AF_UNIX;
  ok(t, !address_is_ip(&a) && !address_is_wildcard(&a) && address_port(&a) == 0);
}

static void test_sources(struct tap *t)
{
  is_string(t, source_text("192.0.2.7", 32, 64), "192.0.2.7", "IPv4 by itself");
  is_string(t, source_text("::ffff:192.0.2.7", 32, 64), "192.0.2.7", "mapped is IPv4");
  is_string(t, source_text("192.0.2.7", 24, 64), "192.0.2.0/24", "IPv4 by /24");
  is_string(t, source_text("192.0.2.255", 31, 64), "192.0.2.254/31", "IPv4 by /31");
  is_string(t, source_text("192.0.2.7", 0, 64), "0.0.0.0/0", "IPv4 all together");
  is_string(t, source_text("2001:db8:1:2:3:4:5:6", 32, 64), "2001:db8:1:2::/64", "IPv6 by /64");
  is_string(t, source_text("2001:db8:1:2:3:4:5:6", 32, 128), "2001:db8:1:2:3:4:5:6", "IPv6 by itself");
  is_string(t, source_text("2001:db8:1:2:3:4:5:7", 32, 127), "2001:db8:1:2:3:4:5:6/127", "IPv6 by /127");
  is_string(t, source_text("ffff:db8::", 32, 1), "8000::/1", "IPv6 by /1");
  is_string(t, source_text("2001:db8::", 32, 0), "::/0", "IPv6 all together");
}

static void test_same_source(struct tap *t)
{
  struct address a, b;
  struct source x, y;
  unsigned int prefix = 0;
  address_parse(&a, "255.255.255.255", 1);
  for (; prefix <= 32; prefix++)
  {
    b = a;
    if (prefix < 32) b.sa.in4.sin_addr.s_addr ^= htonl(UINT32_C(1) << (31 - prefix));
    source_of_address(&x, &a, prefix, 64);
    source_of_address(&y, &b, prefix, 64);
    ok_for(t, "outside the prefix", !memcmp(&x, &y, sizeof x));
    if (!prefix) continue;
    b = a;
    b.sa.in4.sin_addr.s_addr ^= htonl(UINT32_C(1) << (32 - prefix));
    source_of_address(&y, &b, prefix, 64);
    ok_for(t, "inside the prefix", memcmp(&x, &y, sizeof x));
  }
}

int main(void)
{
  struct tap t = { 0, 0 };
  test_parse(&t);
  test_scope(&t);
  test_questions(&t);
  test_sources(&t);
  test_same_source(&t);
  return tap_done(&t);
}
