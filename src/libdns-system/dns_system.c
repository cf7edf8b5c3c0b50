/* Names by the system's resolver, each question in a child process: see dns.h. */

#define _GNU_SOURCE  /* the codes of getaddrinfo(3) that POSIX does not have */
#include <errno.h>
#include <netdb.h>
#include <string.h>

#include "dns.h"
#include "subprocess.h"

static void fail_as(struct dns_query *q, int code)
{
  switch (code)
  {
    case EAI_NONAME :
#if defined(EAI_NODATA) && EAI_NODATA != EAI_NONAME
    case EAI_NODATA :
#endif
      dns_fail(q, DNS_ABSENT, gai_strerror(code));
      break;
    default :
      dns_fail(q, DNS_FAILED, code == EAI_SYSTEM ? strerror(errno) : gai_strerror(code));
  }
}

static void find_addresses(struct dns_query *q)
{
  struct addrinfo hints, *list, *one;
  int code;
  memset(&hints, 0, sizeof hints);
  hints.ai_family = q->family;
  hints.ai_socktype = SOCK_STREAM;
  code = getaddrinfo(q->name, 0, &hints, &list);
  if (code)
  {
    fail_as(q, code);
    return;
  }
  for (one = list; one; one = one->ai_next) dns_add(q, one->ai_addr);
  freeaddrinfo(list);
}

static void find_name(struct dns_query *q)
{
  char name[1025];
  int code = getnameinfo(&q->address.sa.any, q->address.length, name, sizeof name, 0, 0, NI_NAMEREQD);
  if (code) fail_as(q, code);
  else dns_named(q, name, strlen(name));
}

static void answer(void *task)
{
  struct dns_query *q = task;
  q->outcome = DNS_ABSENT;
  if (q->kind == DNS_ADDRESSES) find_addresses(q);
  else find_name(q);
}

static void fail(struct dns_query *q, int e)
{
  if (e == ETIMEDOUT) dns_fail(q, DNS_TIMEOUT, "the name servers did not answer in time");
  else dns_fail(q, DNS_FAILED, strerror(e));
}

static void finish(struct dns_query *q, struct subprocess *h, uint64_t deadline)
{
  if (subprocess_finish(h, deadline) == -1) fail(q, errno);
}

void dns_resolve(struct dns_settings const *settings, struct dns_query *queries, unsigned int count, uint64_t deadline)
{
  struct subprocess first;
  (void)settings;
  if (!count) return;
  if (dns_know(queries))
  {
    dns_resolve(settings, queries + 1, count - 1, deadline);
    return;
  }
  /* The later questions are asked while the first child works. */
  if (subprocess_start(&first, answer, queries, sizeof *queries) == -1)
  {
    fail(queries, errno);
    dns_resolve(settings, queries + 1, count - 1, deadline);
    return;
  }
  dns_resolve(settings, queries + 1, count - 1, deadline);
  finish(queries, &first, deadline);
}
