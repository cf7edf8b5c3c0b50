/* [HOST:]PORT: what is a host, what is a port, and what is neither. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "skd/endpoint.h"
#include "tap.h"

static void parses(struct tap *t, char const *word, char const *host, char const *port)
{
  struct endpoint e;
  if (!ok_for(t, word, endpoint_parse(&e, word) == 0)) return;
  is_string(t, e.host, host, word);
  is_string(t, e.port, port, word);
}

static void fails(struct tap *t, char const *word)
{
  struct endpoint e;
  errno = 0;
  ok_for(t, word, endpoint_parse(&e, word) == -1 && errno == EINVAL);
}

static void forms(struct tap *t)
{
  parses(t, "80", "", "80");
  parses(t, "0", "", "0");
  parses(t, "65535", "", "65535");
  parses(t, "http", "", "http");
  parses(t, ":80", "", "80");
  parses(t, "[]:80", "", "80");
  parses(t, "127.0.0.1:80", "127.0.0.1", "80");
  parses(t, "[127.0.0.1]:80", "127.0.0.1", "80");
  parses(t, "localhost:http", "localhost", "http");
  parses(t, "[::1]:80", "::1", "80");
  parses(t, "[::]:0", "::", "0");
  parses(t, "::1:80", "::1", "80");
  parses(t, ":::80", "::", "80");
  parses(t, "2001:db8::7:80", "2001:db8::7", "80");
  parses(t, "[fe80::1%1]:80", "fe80::1%1", "80");
}

static void not_forms(struct tap *t)
{
  static char const *const words[] =
  {
    "", ":", "host:", "[::1]", "[::1]80", "[::1:80", "[::1]:", "[]:8:", "[::1]:80:", "[localhost]:80", "[127.0.0.1.1]:80", "::80", "a:b:80", "65536", "host:65536",
    "99999999999999999999", "[fe80::1%nonesuch]:80", 0
  };
  char long_word[400];
  char const *const *w = words;
  for (; *w; w++) fails(t, *w);
  memset(long_word, 'a', sizeof long_word);
  memcpy(long_word + sizeof long_word - 4, ":80", 4);
  fails(t, long_word);
}

static size_t addresses_of(char const *word, struct address **list)
{
  struct endpoint e;
  if (endpoint_parse(&e, word) == -1) return 0;
  return require_endpoint(&e, SOCK_STREAM, list);
}

static void addresses(struct tap *t)
{
  struct address *list;
  ok(t, addresses_of("127.0.0.1:80", &list) == 1 && address_port(&list[0]) == 80 && list[0].sa.any.sa_family == AF_INET);
  free(list);
  ok(t, addresses_of("[::1]:80", &list) == 1 && list[0].sa.any.sa_family == AF_INET6);
  free(list);
  ok(t, addresses_of("80", &list) == 2 && address_is_wildcard(&list[0]) && address_is_wildcard(&list[1]));
  ok(t, list[0].sa.any.sa_family != list[1].sa.any.sa_family);
  free(list);
}

int main(void)
{
  struct tap t = { 0, 0 };
  forms(&t);
  not_forms(&t);
  addresses(&t);
  return tap_done(&t);
}
