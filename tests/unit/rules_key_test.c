/* rules.h: which keys can match. */

#include "rules.h"
#include "tap.h"

static void test_matching_keys(struct tap *t)
{
  static char const *const keys[] =
  {
    "ip4/0.0.0.0_0", "ip4/10.0.0.0_8", "ip4/192.168.1.7_32", "ip4/192.168.1.6_31", "ip4/128.0.0.0_1",
    "ip6/::_0", "ip6/2001:db8::_32", "ip6/2a00:1450::1006_128", "ip6/8000::_1", "ip6/::1_128", "ip6/::fffe:0:0_95", "ip6/1:0:2:0:3:0:4:0_128",
    "reversedns/@", "reversedns/com", "reversedns/foo.bar.com",
    "uid/self", "uid/default", "uid/0", "uid/4294967294", "gid/self", "gid/100", 0
  };
  unsigned int i = 0;
  for (; keys[i]; i++)
  {
    char space[200];
    struct text text = TEXT_IN(space);
    if (!ok_for(t, keys[i], !rule_key_flaw(&text, keys[i], strlen(keys[i])))) printf("# %s\n", text_end(&text));
  }
}

static void test_flaws(struct tap *t)
{
  static char const *const keys[][2] =
  {
    { "ip4/10.1.2.3_8", "bits beyond the prefix are set, the key would be 10.0.0.0_8" },
    { "ip4/10.0.0.1_31", "bits beyond the prefix are set, the key would be 10.0.0.0_31" },
    { "ip4/1.2.3.4_0", "bits beyond the prefix are set, the key would be 0.0.0.0_0" },
    { "ip4/10.0.0.0_33", "it does not end in _0 to _32" },
    { "ip4/10.0.0.0_08", "it does not end in _0 to _32" },
    { "ip4/10.0.0.0_", "it does not end in _0 to _32" },
    { "ip4/10.0.0.0", "it does not end in _0 to _32" },
    { "ip4/10.0.0.0/8", "it does not end in _0 to _32" },
    { "ip4/10.0.0.0_4294967304", "it does not end in _0 to _32" },
    { "ip4/8", "it does not end in _0 to _32" },
    { "ip4/", "it does not end in _0 to _32" },
    { "ip4/_8", "it is not an address" },
    { "ip4/010.0.0.0_8", "it is not an address" },
    { "ip4/10_8", "it is not an address" },
    { "ip4/::_0", "it is not an address" },
    { "ip4/10.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0_8", "it is not an address" },
    { "ip6/2001:DB8::_32", "addresses are looked up in another spelling, the key would be 2001:db8::_32" },
    { "ip6/2001:db8:0::_32", "addresses are looked up in another spelling, the key would be 2001:db8::_32" },
    { "ip6/2001:0db8::_32", "addresses are looked up in another spelling, the key would be 2001:db8::_32" },
    { "ip6/2001:db8::1_64", "bits beyond the prefix are set, the key would be 2001:db8::_64" },
    { "ip6/::_129", "it does not end in _0 to _128" },
    { "ip6/::ffff:a00:0_104", "IPv4-mapped addresses are looked up as IPv4" },
    { "ip6/fe80::%lo_64", "it is not an address" },
    { "reversedns/", "it is not a host name" },
    { "reversedns/foo.com.", "names are looked up without a final dot" },
    { "reversedns/.foo.com", "it is not a host name" },
    { "reversedns/*.foo.com", "it is not a host name" },
    { "uid/root", "it is not an id" },
    { "uid/-1", "it is not an id" },
    { "uid/4294967295", "it is not an id" },
    { "uid/99999999999999999999", "it is not an id" },
    { "uid/007", "ids are looked up without leading zeros" },
    { "gid/default", "it is not an id" },
    { "uid/007", "ids are looked up without leading zeros" },
    { "gid/00000000000005", "ids are looked up without leading zeros" },
    { "ipv4/10.0.0.0_8", "its type is none of ip4, ip6, reversedns, uid, gid, cert, name" },
    { "cert/default/x", "it is neither default nor SHA256: and 64 hexadecimal digits" },
    { "ip4", "its type is none of ip4, ip6, reversedns, uid, gid, cert, name" },
    { 0, 0 }
  };
  unsigned int i = 0;
  for (; keys[i][0]; i++)
  {
    char space[200];
    struct text text = TEXT_IN(space);
    ok_for(t, keys[i][0], rule_key_flaw(&text, keys[i][0], strlen(keys[i][0])));
    is_string(t, text_end(&text), keys[i][1], keys[i][0]);
  }
}

static void test_nul(struct tap *t)
{
  char space[200];
  struct text text = TEXT_IN(space);
  ok(t, rule_key_flaw(&text, "ip4/10.0.0.0\0x_8", 16));
  ok(t, rule_key_flaw(&text, "uid/5\0", 6));
  ok(t, rule_key_flaw(&text, "reversedns/com\0", 15));
}

int main(void)
{
  struct tap t = { 0, 0 };
  test_matching_keys(&t);
  test_flaws(&t);
  test_nul(&t);
  return tap_done(&t);
}
