/* peerlist.h: who is on a list, and which words are none. */

#include <errno.h>
#include <stdlib.h>

#include "peerlist.h"
#include "tap.h"

enum { BOTH = PEERLIST_NETS | PEERLIST_UIDS };

static int has(struct peerlist const *list, char const *ip)
{
  struct address a;
  return address_parse(&a, ip, 80) == 0 && peerlist_has_address(list, &a);
}

static void test_members(struct tap *t)
{
  struct peerlist list;
  struct address unix_address = { .sa = { .any = { .sa_family = AF_UNIX } }, .length = sizeof(sa_family_t) };
  ok(t, peerlist_parse(&list, "192.0.2.7,10.1.2.3/8,2001:db8::1,fe80::/10,0,4294967294", BOTH) == 0);
  ok(t, has(&list, "192.0.2.7") && has(&list, "::ffff:192.0.2.7") && !has(&list, "192.0.2.8") && !has(&list, "192.0.3.7"));
  ok(t, has(&list, "10.0.0.0") && has(&list, "10.255.255.255") && !has(&list, "11.0.0.0") && !has(&list, "9.255.255.255"));
  ok(t, has(&list, "2001:db8::1") && !has(&list, "2001:db8::2") && !has(&list, "2001:db8:1::1"));
  ok(t, has(&list, "fe80::1") && has(&list, "febf::1") && !has(&list, "fec0::1") && !has(&list, "::1"));
  ok(t, peerlist_has_uid(&list, 0) && peerlist_has_uid(&list, 4294967294u) && !peerlist_has_uid(&list, 1));
  ok(t, !peerlist_has_address(&list, &unix_address));
}

static void test_all(struct tap *t)
{
  struct peerlist list;
  ok(t, peerlist_parse(&list, "0.0.0.0/0", PEERLIST_NETS) == 0 && has(&list, "192.0.2.7") && has(&list, "::ffff:1.2.3.4") && !has(&list, "::1"));
  ok(t, peerlist_parse(&list, "::/0", PEERLIST_NETS) == 0 && has(&list, "::1") && !has(&list, "1.2.3.4") && !has(&list, "::ffff:1.2.3.4"));
  ok(t, peerlist_parse(&list, "::ffff:192.0.2.0/120", PEERLIST_NETS) == 0 && has(&list, "192.0.2.9") && !has(&list, "192.0.3.9"));
  ok(t, peerlist_parse(&list, "::ffff:192.0.2.7", PEERLIST_NETS) == 0 && has(&list, "192.0.2.7") && !has(&list, "192.0.2.6"));
}

static void test_words(struct tap *t)
{
  static char const *const bad[] =
  {
    "", ",", "127.0.0.1,", ",127.0.0.1", "127.0.0.1,,::1", "127.0.0.1 ", "127.1", "127.0.0.1/33", "127.0.0.1/", "127.0.0.1/-1",
    "127.0.0.1/8/8", "::1/129", "fe80::1%lo", "::ffff:1.2.3.4/95", "localhost", "-1", "4294967295", "/8", "1/8",
    "1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111/128", 0
  };
  struct peerlist list;
  unsigned int i = 0;
  for (; bad[i]; i++) ok_for(t, bad[i], peerlist_parse(&list, bad[i], BOTH) == -1 && errno == EINVAL && !kind_peers.accepts(bad[i]));
  ok(t, kind_nets.accepts("::1,127.0.0.1/8") && !kind_nets.accepts("0") && !kind_nets.accepts("::1,0"));
  ok(t, kind_uids.accepts("0,1000") && !kind_uids.accepts("127.0.0.1") && kind_peers.accepts("0,::1"));
}

static void test_many(struct tap *t)
{
  struct peerlist list;
  char word[4 * PEERLIST_MAX + 16] = "";
  unsigned int i = 0;
  for (; i < PEERLIST_MAX; i++) strcat(word, i ? ",::1" : "::1");
  ok(t, peerlist_parse(&list, word, BOTH) == 0 && list.nets == PEERLIST_MAX);
  strcat(word, ",0");
  ok(t, peerlist_parse(&list, word, BOTH) == -1 && errno == E2BIG);
}

int main(void)
{
  struct tap t = { 0, 0 };
  test_members(&t);
  test_all(&t);
  test_words(&t);
  test_many(&t);
  return tap_done(&t);
}
