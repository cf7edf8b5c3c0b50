/* Waiting for the answers of c-ares: see answers.h. */

#define CARES_NO_DEPRECATED
#include <poll.h>
#include <sys/time.h>

#include "answers.h"
#include "deadline.h"

enum { GRACE = 1000 };  /* milliseconds */

/* True if the only thing that is missing are IPv6 addresses, for a name that has others: some servers
   swallow such questions (RFC 4074), and then the wait should be short. */
static int only_ip6_missing(struct work const *w)
{
  unsigned int i = 0;
  for (; i < w->count; i++)
  {
    struct asking const *a = &w->asked[i];
    if (a->done) continue;
    if (a->query->kind != DNS_ADDRESSES || a->family != AF_INET6 || a->query->outcome != DNS_FOUND) return 0;
  }
  return w->pending > 0;
}

static int milliseconds(struct timeval const *tv)
{
  return (int)(tv->tv_sec * 1000 + (tv->tv_usec + 999) / 1000);
}

/* Waits for one of the sockets, the resolver's next timeout or the deadline. */
static void step(struct work *w, uint64_t deadline)
{
  ares_socket_t sockets[ARES_GETSOCK_MAXNUM];
  struct pollfd p[ARES_GETSOCK_MAXNUM];
  struct timeval most, tv;
  int left = deadline_left(deadline);
  unsigned int bits = (unsigned int)ares_getsock(w->channel, sockets, ARES_GETSOCK_MAXNUM);
  int i, n = 0;
  most.tv_sec = left < 0 ? 60 : left / 1000;
  most.tv_usec = left < 0 ? 0 : left % 1000 * 1000;
  for (i = 0; i < ARES_GETSOCK_MAXNUM; i++)
  {
    short events = 0;
    /* As ARES_GETSOCK_READABLE and _WRITABLE, which shift into the sign of an int. */
    if (bits >> i & 1) events |= POLLIN;
    if (bits >> (i + ARES_GETSOCK_MAXNUM) & 1) events |= POLLOUT;
    if (!events) continue;
    p[n].fd = sockets[i];
    p[n].events = events;
    p[n++].revents = 0;
  }
  if (poll(p, (nfds_t)n, milliseconds(ares_timeout(w->channel, &most, &tv))) > 0)
    for (i = 0; i < n; i++)
    {
      int readable = p[i].revents & (POLLIN | POLLERR | POLLHUP);
      int writable = p[i].revents & POLLOUT;
      ares_process_fd(w->channel, readable ? p[i].fd : ARES_SOCKET_BAD, writable ? p[i].fd : ARES_SOCKET_BAD);
    }
  ares_process_fd(w->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}

void answers_wait(struct work *w, uint64_t deadline)
{
  uint64_t grace = NO_DEADLINE;
  while (w->pending)
  {
    uint64_t until;
    if (grace == NO_DEADLINE && only_ip6_missing(w)) grace = deadline_after(GRACE);
    until = deadline_sooner(deadline, grace);
    if (deadline_passed(until))
    {
      w->timed_out = 1;
      ares_cancel(w->channel);
      break;
    }
    step(w, until);
  }
}
