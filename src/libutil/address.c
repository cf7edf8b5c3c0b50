/* Addresses in and out of text: see address.h. skalibs' scanner takes a valid prefix and ignores what
   follows, so parsing is inet_pton, which wants the whole word. */

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <string.h>

#include <skalibs/fmtscan.h>

#include "address.h"
#include "ip.h"
#include "number.h"

static int scope_parse(uint32_t *scope, char const *word)
{
  uint64_t n;
  if (!number_parse(word, 10, UINT32_MAX, &n) && n)
  {
    *scope = (uint32_t)n;
    return 0;
  }
  *scope = if_nametoindex(word);
  return *scope ? 0 : (errno = ENODEV, -1);
}

/* Only these mean something else on each interface. */
static int has_scope(struct in6_addr const *ip6)
{
  return IN6_IS_ADDR_LINKLOCAL(ip6) || IN6_IS_ADDR_MC_LINKLOCAL(ip6);
}

static int parse6(struct sockaddr_in6 *in6, char const *ip)
{
  char plain[INET6_ADDRSTRLEN];
  size_t length = strcspn(ip, "%");
  if (length >= sizeof plain) return (errno = EINVAL, -1);
  memcpy(plain, ip, length);
  plain[length] = 0;
  if (inet_pton(AF_INET6, plain, &in6->sin6_addr) != 1) return (errno = EINVAL, -1);
  if (!ip[length]) return 0;
  if (!has_scope(&in6->sin6_addr)) return (errno = EINVAL, -1);
  return scope_parse(&in6->sin6_scope_id, ip + length + 1);
}

int address_parse(struct address *a, char const *ip, uint16_t port)
{
  memset(a, 0, sizeof *a);
  if (inet_pton(AF_INET, ip, &a->sa.in4.sin_addr) == 1)
  {
    a->sa.in4.sin_family = AF_INET;
    a->sa.in4.sin_port = htons(port);
    a->length = sizeof a->sa.in4;
    return 0;
  }
  memset(a, 0, sizeof *a);
  if (parse6(&a->sa.in6, ip) == -1) return -1;
  a->sa.in6.sin6_family = AF_INET6;
  a->sa.in6.sin6_port = htons(port);
  a->length = sizeof a->sa.in6;
  return 0;
}

int address_is_ip(struct address const *a)
{
  return a->sa.any.sa_family == AF_INET || a->sa.any.sa_family == AF_INET6;
}

uint16_t address_port(struct address const *a)
{
  switch (a->sa.any.sa_family)
  {
    case AF_INET : return ntohs(a->sa.in4.sin_port);
    case AF_INET6 : return ntohs(a->sa.in6.sin6_port);
    default : return 0;
  }
}

int address_is_mapped(struct address const *a)
{
  return a->sa.any.sa_family == AF_INET6 && ip_is_mapped(a->sa.in6.sin6_addr.s6_addr);
}

void address_unmap(struct address *a)
{
  struct sockaddr_in in4;
  if (!address_is_mapped(a)) return;
  memset(&in4, 0, sizeof in4);
  in4.sin_family = AF_INET;
  in4.sin_port = a->sa.in6.sin6_port;
  memcpy(&in4.sin_addr, a->sa.in6.sin6_addr.s6_addr + 12, 4);
  a->sa.in4 = in4;
  a->length = sizeof in4;
}

int address_is_wildcard(struct address const *a)
{
  struct address plain = *a;
  address_unmap(&plain);
  switch (plain.sa.any.sa_family)
  {
    case AF_INET : return plain.sa.in4.sin_addr.s_addr == htonl(INADDR_ANY);
    case AF_INET6 : return IN6_IS_ADDR_UNSPECIFIED(&plain.sa.in6.sin6_addr);
    default : return 0;
  }
}

int address_lacks_scope(struct address const *a)
{
  return a->sa.any.sa_family == AF_INET6 && has_scope(&a->sa.in6.sin6_addr) && !a->sa.in6.sin6_scope_id;
}

static void put4(struct text *t, void const *bytes)
{
  char s[IP4_FMT];
  text_put(t, s, ip4_fmt(s, bytes));
}

static void put6(struct text *t, void const *bytes)
{
  char s[IP6_FMT];
  text_put(t, s, ip6_fmt(s, bytes));
}

static void put_scope(struct text *t, uint32_t scope)
{
  char name[IF_NAMESIZE];
  text_string(t, "%");
  if (if_indextoname(scope, name)) text_string(t, name);
  else text_number(t, scope);
}

void address_put(struct text *t, struct address const *a)
{
  struct in6_addr const *ip6 = &a->sa.in6.sin6_addr;
  switch (a->sa.any.sa_family)
  {
    case AF_INET :
      put4(t, &a->sa.in4.sin_addr);
      break;
    case AF_INET6 :
      if (address_is_mapped(a))
      {
        put4(t, ip6->s6_addr + 12);
        break;
      }
      put6(t, ip6->s6_addr);
      if (a->sa.in6.sin6_scope_id && has_scope(ip6)) put_scope(t, a->sa.in6.sin6_scope_id);
      break;
    default :
      text_string(t, "?");
  }
}

int source_same(struct source const *a, struct source const *b)
{
  return a->family == b->family && !memcmp(a->bytes, b->bytes, sizeof a->bytes);
}

void source_of_address(struct source *s, struct address const *a, unsigned int prefix4, unsigned int prefix6)
{
  memset(s->bytes, 0, 10);
  s->bytes[10] = s->bytes[11] = 0xff;
  if (a->sa.any.sa_family == AF_INET) memcpy(s->bytes + 12, &a->sa.in4.sin_addr, 4);
  else memcpy(s->bytes, &a->sa.in6.sin6_addr, 16);
  s->family = ip_is_mapped(s->bytes) ? AF_INET : AF_INET6;
  ip_mask(s->bytes, sizeof s->bytes, s->family == AF_INET ? 96 + prefix4 : prefix6);
}

void source_of_user(struct source *s, uid_t uid)
{
  memset(s->bytes, 0, sizeof s->bytes);
  memcpy(s->bytes, &uid, sizeof uid);
  s->family = AF_UNIX;
}

static void put_user(struct text *t, struct source const *s)
{
  uid_t uid;
  memcpy(&uid, s->bytes, sizeof uid);
  text_string(t, "uid:");
  if (uid == (uid_t)-1) text_string(t, "?");
  else text_number(t, uid);
}

static void put_network(struct text *t, struct source const *s, unsigned int prefix, unsigned int whole)
{
  if (s->family == AF_INET) put4(t, s->bytes + 12);
  else put6(t, s->bytes);
  if (prefix == whole) return;
  text_string(t, "/");
  text_number(t, prefix);
}

void source_put(struct text *t, struct source const *s, unsigned int prefix4, unsigned int prefix6)
{
  if (s->family == AF_UNIX) put_user(t, s);
  else if (s->family == AF_INET) put_network(t, s, prefix4, 32);
  else put_network(t, s, prefix6, 128);
}
