/* Where s6-tcpclient is to connect to: see client_host.h. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "client_host.h"
#include "die.h"
#include "host.h"

static int is_wanted(struct host_settings const *s, struct address const *a)
{
  return s->family == AF_UNSPEC || s->family == a->sa.any.sa_family;
}

static void add(struct race *r, struct host_settings const *s, struct address const *a)
{
  if (is_wanted(s, a)) race_add(r, a);
}

/* Returns the number of addresses in the list, or -1 if one of its elements is something else. */
static int add_literals(struct race *r, char const *host, uint16_t port, struct host_settings const *s)
{
  struct address a;
  char word[ADDRESS_TEXT_MAX];
  int n = 0;
  for (;;)
  {
    size_t length = strcspn(host, ",");
    if (length >= sizeof word) return -1;
    memcpy(word, host, length);
    word[length] = 0;
    if (address_parse(&a, word, port) == -1)
    {
      if (errno == ENODEV) address_die("host", word, "addresses");
      return -1;
    }
    require_scope(&a, "host", word);
    add(r, s, &a);
    n++;
    if (!host[length]) return n;
    host += length + 1;
  }
}

static void add_name(struct race *r, char const *host, uint16_t port, struct host_settings const *s, uint64_t deadline)
{
  struct dns_query *q = malloc(sizeof *q);
  unsigned int i = 0;
  if (!q) die_system("allocate memory");
  if (dns_ask_addresses(q, host, s->family, port) == -1) address_die("host", host, "addresses or a name");
  dns_resolve(&s->dns, q, 1, deadline);
  if (q->outcome == DNS_ABSENT) host_die_unknown(host);
  if (q->outcome != DNS_FOUND) strerr_dief(EXIT_SYSTEM, "unable to look up ", host, ": ", q->reason);
  for (; i < q->count; i++) add(r, s, &q->addresses[i]);
  race_alternate(r);
  free(q);
}

void require_host(struct race *r, char const *host, uint16_t port, struct host_settings const *s, uint64_t deadline)
{
  if (!host[0] || !strcmp(host, "0")) add_literals(r, "::1,127.0.0.1", port, s);
  else if (add_literals(r, host, port, s) == -1)
  {
    if (s->numeric || strchr(host, ',')) address_die("host", host, "addresses joined by commas");
    add_name(r, host, port, s, deadline);
  }
  if (!r->count && !r->skipped) die_usage("host '", host, "' has no address of the family wanted");
}
