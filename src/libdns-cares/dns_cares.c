/* Names by c-ares, which asks the name servers of resolv.conf: see dns.h. Two channels are used one after
   the other: one that knows only the hosts file, if that is wanted, and one that knows only name
   servers, so that a name of the hosts file is never completed by answers from elsewhere. */

#define CARES_NO_DEPRECATED
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include "answers.h"
#include "dns.h"
#include "ptr.h"

enum { CLASS_IN = 1, TYPE_PTR = 12 };

enum origin { FROM_HOSTS, FROM_SERVERS };

static enum dns_outcome outcome_of(struct work const *w, int status)
{
  switch (status)
  {
    case ARES_SUCCESS : return DNS_FOUND;
    case ARES_ENODATA :
    case ARES_ENOTFOUND : return DNS_ABSENT;
    case ARES_ETIMEOUT : return DNS_TIMEOUT;
    case ARES_ECANCELLED : return w->timed_out ? DNS_TIMEOUT : DNS_FAILED;
    default : return DNS_FAILED;
  }
}

/* What was found counts; otherwise a definite answer counts only if nothing else went wrong. */
static void finish(struct asking *a, int status)
{
  enum dns_outcome outcome = outcome_of(a->work, status);
  a->done = 1;
  a->outcome = outcome;
  a->work->pending--;
  if (outcome == DNS_FOUND || a->query->outcome == DNS_FOUND || outcome < a->query->outcome) return;
  dns_fail(a->query, outcome, outcome == DNS_TIMEOUT ? "the name servers did not answer in time" : ares_strerror(status));
}

static void got_addresses(void *arg, int status, int timeouts, struct ares_addrinfo *list)
{
  struct asking *a = arg;
  struct ares_addrinfo_node *one = list ? list->nodes : 0;
  (void)timeouts;
  for (; one; one = one->ai_next) dns_add(a->query, one->ai_addr);
  if (list) ares_freeaddrinfo(list);
  finish(a, status);
}

static void got_hosts_name(void *arg, int status, int timeouts, struct hostent *host)
{
  struct asking *a = arg;
  (void)timeouts;
  if (status == ARES_SUCCESS) dns_named(a->query, host->h_name, strlen(host->h_name));
  finish(a, status);
}

static void got_name(void *arg, int status, int timeouts, unsigned char *bytes, int length)
{
  struct asking *a = arg;
  char name[HOSTNAME_MAX];
  int n;
  (void)timeouts;
  if (status == ARES_SUCCESS)
  {
    n = ptr_answer(name, bytes, (size_t)length);
    if (n >= 0) dns_named(a->query, name, (size_t)n);
    else status = errno == ENOENT ? ARES_ENODATA : ARES_EBADRESP;
  }
  finish(a, status);
}

static void ask_addresses(struct work *w, struct asking *a)
{
  struct ares_addrinfo_hints hints;
  memset(&hints, 0, sizeof hints);
  hints.ai_family = a->family;
  hints.ai_socktype = SOCK_STREAM;
  ares_getaddrinfo(w->channel, a->query->name, 0, &hints, got_addresses, a);
}

static void ask_name(struct work *w, struct asking *a, enum origin origin)
{
  struct address const *address = &a->query->address;
  char name[PTR_QUESTION_SIZE];
  if (origin == FROM_HOSTS)
  {
    if (address->sa.any.sa_family == AF_INET)
      ares_gethostbyaddr(w->channel, &address->sa.in4.sin_addr, 4, AF_INET, got_hosts_name, a);
    else ares_gethostbyaddr(w->channel, &address->sa.in6.sin6_addr, 16, AF_INET6, got_hosts_name, a);
    return;
  }
  ptr_question(name, address);
  ares_query(w->channel, name, CLASS_IN, TYPE_PTR, got_name, a);
}

static void ask(struct work *w, struct dns_query *q, int family, enum origin origin)
{
  struct asking *a = &w->asked[w->count++];
  a->query = q;
  a->work = w;
  a->family = family;
  a->done = 0;
  w->pending++;
  if (q->kind == DNS_ADDRESSES) ask_addresses(w, a);
  else ask_name(w, a, origin);
}

static int open_channel(ares_channel *channel, struct dns_settings const *s, enum origin origin)
{
  struct ares_options o;
  int mask = ARES_OPT_LOOKUPS;
  char lookups[2] = { origin == FROM_HOSTS ? 'f' : 'b', 0 };
  memset(&o, 0, sizeof o);
  o.lookups = lookups;
  if (!s->search)
  {
    o.flags = ARES_FLAG_NOSEARCH;
    mask |= ARES_OPT_FLAGS | ARES_OPT_DOMAINS;  /* and an empty list of domains: older versions heed only that */
  }
  return ares_init_options(channel, &o, mask);
}

static void ask_all(struct work *w, struct dns_query *q, unsigned int count, enum origin origin)
{
  for (; count; q++, count--)
  {
    if (q->outcome == DNS_FOUND) continue;
    q->outcome = DNS_ABSENT;
    if (origin == FROM_SERVERS && dns_know(q)) continue;
    if (q->kind == DNS_ADDRESSES && q->family == AF_UNSPEC && origin == FROM_SERVERS)
    {
      ask(w, q, AF_INET6, origin);
      ask(w, q, AF_INET, origin);
    }
    else ask(w, q, q->family, origin);
  }
}

static void fail_all(struct dns_query *q, unsigned int count, char const *reason)
{
  for (; count; q++, count--)
    if (q->outcome != DNS_FOUND && !dns_know(q)) dns_fail(q, DNS_FAILED, reason);
}

static void resolve_from(enum origin origin, struct dns_settings const *s, struct dns_query *q, unsigned int count,
  uint64_t deadline)
{
  struct work w;
  int status;
  memset(&w, 0, sizeof w);
  w.asked = calloc(2 * count + 1, sizeof *w.asked);
  status = w.asked ? open_channel(&w.channel, s, origin) : ARES_ENOMEM;
  if (status != ARES_SUCCESS) fail_all(q, count, ares_strerror(status));
  else
  {
    ask_all(&w, q, count, origin);
    answers_wait(&w, deadline);
    ares_destroy(w.channel);
  }
  free(w.asked);
}

void dns_resolve(struct dns_settings const *s, struct dns_query *q, unsigned int count, uint64_t deadline)
{
  unsigned int i = 0;
  int status = ares_library_init(ARES_LIB_INIT_ALL);
  for (; i < count; i++) q[i].outcome = DNS_ABSENT;
  if (status != ARES_SUCCESS)
  {
    fail_all(q, count, ares_strerror(status));
    return;
  }
  if (s->hosts) resolve_from(FROM_HOSTS, s, q, count, deadline);
  resolve_from(FROM_SERVERS, s, q, count, deadline);
  ares_library_cleanup();
}
