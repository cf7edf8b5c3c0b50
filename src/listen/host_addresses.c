/* From host and service to addresses: see host_addresses.h. */

#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "host_addresses.h"
#include "die.h"
#include "host.h"
#include "opts.h"

static int is_everywhere(char const *host)
{
  return !host[0] || !strcmp(host, "*");
}

static struct addrinfo *look_up(struct opts const *o, int type, char const *host, char const *service)
{
  struct addrinfo hints = { .ai_socktype = type, .ai_family = AF_UNSPEC, .ai_flags = AI_PASSIVE };
  struct addrinfo *found = 0;
  int e;
  if (opts_has(o, "numeric-host")) hints.ai_flags |= AI_NUMERICHOST;
  if (opts_has(o, "numeric-service")) hints.ai_flags |= AI_NUMERICSERV;
  if (opts_has(o, "check-interfaces")) hints.ai_flags |= AI_ADDRCONFIG;
  e = getaddrinfo(host, service, &hints, &found);
  if (e) host_die(host ? host : "*", service, opts_has(o, "numeric-host"), e);
  return found;
}

/* Appends those of one family, or (AF_UNSPEC) all. */
static void take(struct host_addresses *c, struct addrinfo const *found, int family)
{
  for (; found; found = found->ai_next)
  {
    struct address *a = &c->list[c->count];
    if (family != AF_UNSPEC && found->ai_family != family) continue;
    if (found->ai_addrlen > sizeof a->sa) continue;
    memcpy(&a->sa, found->ai_addr, found->ai_addrlen);
    a->length = found->ai_addrlen;
    if (address_is_ip(a)) c->count++;
  }
}

static size_t count_found(struct addrinfo const *found)
{
  size_t n = 0;
  for (; found; found = found->ai_next) n++;
  return n;
}

/* IPv6 in front, so that one socket can be had for both. */
static void take_everywhere(struct host_addresses *c, struct addrinfo const *found)
{
  size_t v6;
  take(c, found, AF_INET6);
  v6 = c->count;
  take(c, found, AF_INET);
  c->every = v6 && v6 < c->count;
}

void host_addresses_find(struct host_addresses *c, struct opts const *o, int type, char const *host, char const *service)
{
  struct addrinfo *found;
  int combine = opts_has(o, "combine4and6");
  require_service_word(service, opts_has(o, "numeric-service"));
  if (!is_everywhere(host)) require_plain_host(host);
  found = look_up(o, type, is_everywhere(host) ? 0 : host, service);
  c->count = 0;
  c->every = 0;
  c->list = calloc(count_found(found), sizeof *c->list);
  if (!c->list) die_system("allocate memory");
  if (is_everywhere(host)) take_everywhere(c, found);
  else take(c, found, combine ? AF_INET6 : AF_UNSPEC);
  freeaddrinfo(found);
  if (!c->count && combine) die_usage("--combine4and6 needs an IPv6 address, not '", host, "'");
  if (!c->count) strerr_dief(EXIT_SYSTEM, "unable to look up ", host, ": it has no IP address");
}
