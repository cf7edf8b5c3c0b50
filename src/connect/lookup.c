/* Name resolution of the connectors: see lookup.h. getaddrinfo(3) knows what the system is configured
   for, and keeps no deadline: so it is called in a child process that can be ended. */

#include <errno.h>
#include <netdb.h>
#include <string.h>

#include "deadline.h"
#include "die.h"
#include "subprocess.h"
#include "host.h"
#include "lookup.h"

struct question
{
  char const *host;
  char const *service;
  struct addrinfo hints;
  /* answers */
  int code;
  int error;
  struct address addresses[RACE_MAX];
  unsigned int count;
};

static void look_up(void *task)
{
  struct question *q = task;
  struct addrinfo *list, *one;
  q->count = 0;
  q->code = getaddrinfo(q->host, q->service, &q->hints, &list);
  q->error = errno;
  if (q->code) return;
  for (one = list; one && q->count < RACE_MAX; one = one->ai_next)
  {
    struct address *a = &q->addresses[q->count];
    if ((one->ai_family != AF_INET && one->ai_family != AF_INET6) || one->ai_addrlen > sizeof a->sa) continue;
    memcpy(&a->sa, one->ai_addr, one->ai_addrlen);
    a->length = one->ai_addrlen;
    q->count++;
  }
  freeaddrinfo(list);
}

/* In the child only if it has to be: numbers need no lookup. */
static void ask(struct question *q, uint64_t deadline)
{
  struct subprocess h;
  int wanted = q->hints.ai_flags;
  q->hints.ai_flags |= AI_NUMERICHOST | AI_NUMERICSERV;
  look_up(q);
  if (!q->code || q->hints.ai_flags == wanted) return;
  q->hints.ai_flags = wanted;
  if (subprocess_start(&h, look_up, q, sizeof *q) == -1 || subprocess_finish(&h, deadline) == -1)
    die_system("look up ", q->host);
}

/* The system's resolver takes an empty service for any port. */
static void require_words(char const *host, char const *service, struct lookup_settings const *s)
{
  if (!host[0]) die_usage("host is empty");
  require_plain_host(host);
  if (!service[0]) die_usage("service is empty");
  require_service_word(service, s->numeric_service);
}

void require_service(struct race *r, char const *host, char const *service, struct lookup_settings const *s,
  uint64_t deadline)
{
  struct question q;
  unsigned int i = 0;
  require_words(host, service, s);
  memset(&q, 0, sizeof q);
  q.host = host;
  q.service = service;
  q.hints.ai_family = AF_UNSPEC;
  q.hints.ai_socktype = r->type;
  q.hints.ai_flags = (s->numeric_host ? AI_NUMERICHOST : 0) | (s->numeric_service ? AI_NUMERICSERV : 0)
    | (s->check_interfaces ? AI_ADDRCONFIG : 0);
  ask(&q, deadline);
  errno = q.error;
  if (q.code) host_die(host, service, s->numeric_host, q.code);
  for (; i < q.count; i++) race_add(r, &q.addresses[i]);
  race_alternate(r);
}
