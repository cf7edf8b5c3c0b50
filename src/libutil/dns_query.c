/* Questions and answers about names, apart from who is asked: see dns.h. */

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "dns.h"

int dns_ask_addresses(struct dns_query *q, char const *name, int family, uint16_t port)
{
  size_t length = strlen(name);
  memset(q, 0, sizeof *q);
  if (!hostname_is_clean(name, length) || hostname_is_number(name)) return (errno = EINVAL, -1);
  q->kind = DNS_ADDRESSES;
  q->family = family;
  q->address.sa.in4.sin_port = htons(port);
  memcpy(q->name, name, length);
  return 0;
}

/* An IPv4 address that a dual-stack socket shows as IPv6 has its name in the zone of IPv4. */
void dns_ask_name(struct dns_query *q, struct address const *a)
{
  memset(q, 0, sizeof *q);
  q->kind = DNS_NAME;
  q->address = *a;
  address_unmap(&q->address);
}

void dns_fail(struct dns_query *q, enum dns_outcome outcome, char const *reason)
{
  size_t length = strlen(reason);
  if (length >= sizeof q->reason) length = sizeof q->reason - 1;
  memcpy(q->reason, reason, length);
  q->reason[length] = 0;
  q->outcome = outcome;
}

/* The port stands at the same place in both families (sin_port and sin6_port). */
void dns_add(struct dns_query *q, struct sockaddr const *sa)
{
  struct address *a;
  if (q->count == DNS_ADDRESSES_MAX || (sa->sa_family != AF_INET && sa->sa_family != AF_INET6)) return;
  a = &q->addresses[q->count++];
  a->length = sa->sa_family == AF_INET ? sizeof a->sa.in4 : sizeof a->sa.in6;
  memcpy(&a->sa, sa, a->length);
  a->sa.in4.sin_port = q->address.sa.in4.sin_port;
  q->outcome = DNS_FOUND;
}

void dns_named(struct dns_query *q, char const *name, size_t length)
{
  size_t i = 0;
  if (!hostname_is_clean(name, length))
  {
    dns_fail(q, DNS_FAILED, "the name found is not the name of a host");
    return;
  }
  if (name[length - 1] == '.') length--;
  for (; i < length; i++) q->name[i] = hostname_lower(name[i]);
  q->name[length] = 0;
  q->outcome = DNS_FOUND;
}

int dns_confirms(struct dns_query const *q, struct address const *a)
{
  struct source wanted, found;
  unsigned int i = 0;
  source_of_address(&wanted, a, 32, 128);
  for (; i < q->count; i++)
  {
    source_of_address(&found, &q->addresses[i], 32, 128);
    if (!memcmp(&wanted, &found, sizeof wanted)) return 1;
  }
  return 0;
}

static int is_localhost(char const *name)
{
  static char const word[] = "localhost";
  size_t length = strlen(name), wanted = sizeof word - 1;
  if (length && name[length - 1] == '.') length--;
  if (length < wanted || strncasecmp(name + length - wanted, word, wanted)) return 0;
  return length == wanted || name[length - wanted - 1] == '.';
}

static void add_loopback(struct dns_query *q, char const *ip)
{
  struct address a;
  address_parse(&a, ip, 0);
  if (q->family == AF_UNSPEC || q->family == a.sa.any.sa_family) dns_add(q, &a.sa.any);
}

static int know_addresses(struct dns_query *q)
{
  if (!is_localhost(q->name)) return 0;
  add_loopback(q, "::1");
  add_loopback(q, "127.0.0.1");
  return 1;
}

static int know_name(struct dns_query *q)
{
  char space[ADDRESS_TEXT_MAX];
  struct text t = TEXT_IN(space);
  address_put(&t, &q->address);
  text_end(&t);
  if (strcmp(t.s, "127.0.0.1") && strcmp(t.s, "::1")) return 0;
  dns_named(q, "localhost", 9);
  return 1;
}

int dns_know(struct dns_query *q)
{
  return q->kind == DNS_ADDRESSES ? know_addresses(q) : know_name(q);
}
