/* Writing headers: see proxy.h. */

#include <arpa/inet.h>
#include <string.h>

#include "proxy_internal.h"

enum { IP6 = 16, BLOCK4 = 12, BLOCK6 = 36 };

static int is_mapped(struct address const *a)
{
  return a->sa.any.sa_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&a->sa.in6.sin6_addr);
}

static int is_ip4(struct address const *a)
{
  return a->sa.any.sa_family == AF_INET || is_mapped(a);
}

/* The 16 bytes of an IP address, IPv4 in its mapped form. */
static void bytes_of(uint8_t *ip6, struct address const *a)
{
  struct source all;
  source_of_address(&all, a, 32, 128);
  memcpy(ip6, all.bytes, IP6);
}

/* The text of an address as that family. */
static void put_ip(struct text *t, struct address const *a, int as4)
{
  uint8_t ip6[IP6];
  char s[INET6_ADDRSTRLEN];
  bytes_of(ip6, a);
  text_string(t, " ");
  text_string(t, as4 ? inet_ntop(AF_INET, ip6 + 12, s, sizeof s) : inet_ntop(AF_INET6, ip6, s, sizeof s));
}

static void put_port(struct text *t, struct address const *a)
{
  text_string(t, " ");
  text_number(t, address_port(a));
}

static void write1(struct text *t, struct address const *remote, struct address const *local)
{
  int as4;
  text_string(t, v1_word);
  if (!remote) text_string(t, "UNKNOWN");
  else
  {
    as4 = is_ip4(remote) && is_ip4(local);
    text_string(t, as4 ? "TCP4" : "TCP6");
    put_ip(t, remote, as4);
    put_ip(t, local, as4);
    put_port(t, remote);
    put_port(t, local);
  }
  text_string(t, "\r\n");
}

static void put_byte(struct text *t, unsigned int byte)
{
  char c = (char)byte;
  text_put(t, &c, 1);
}

static void put16(struct text *t, unsigned int n)
{
  put_byte(t, n >> 8);
  put_byte(t, n & 0xff);
}

static void put_head(struct text *t, unsigned int command, unsigned int family, unsigned int length)
{
  text_put(t, v2_signature, V2_SIGNATURE);
  put_byte(t, command);
  put_byte(t, family);
  put16(t, length);
}

static void write_ip(struct text *t, struct address const *remote, struct address const *local)
{
  uint8_t from[IP6], to[IP6];
  unsigned int skip = is_ip4(remote) && is_ip4(local) ? 12 : 0;
  bytes_of(from, remote);
  bytes_of(to, local);
  put_head(t, 0x21, skip ? 0x11 : 0x21, skip ? BLOCK4 : BLOCK6);
  text_put(t, (char *)from + skip, IP6 - skip);
  text_put(t, (char *)to + skip, IP6 - skip);
  put16(t, address_port(remote));
  put16(t, address_port(local));
}

static void write2(struct text *t, struct address const *remote, struct address const *local)
{
  if (!remote) put_head(t, 0x20, 0x00, 0);
  else write_ip(t, remote, local);
}

size_t proxy_write(char *s, unsigned int version, struct address const *remote, struct address const *local)
{
  struct text t = { .s = s, .length = 0, .max = PROXY_V1_LONGEST, .cut = 0 };
  if (version == PROXY_V1) write1(&t, remote, local);
  else write2(&t, remote, local);
  return t.length;
}
