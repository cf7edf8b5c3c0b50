/* Accepting: new clients from the listeners, in bursts, each listener in turn first. */

#include <errno.h>

#include "engine.h"

/* accept(2): errors that were pending on the new connection are reported by accept, and mean nothing for
   the listener. */
static int is_transient(int e)
{
  switch (e)
  {
    case EINTR : case ECONNABORTED : case EPROTO : case ENETDOWN : case ENOPROTOOPT : case EHOSTDOWN :
    case EHOSTUNREACH : case ENETUNREACH : case ETIMEDOUT : case ECONNRESET : case EPERM :
#ifdef ENONET
    case ENONET :
#endif
      return 1;
    default : return 0;
  }
}

static int is_fatal(int e)
{
  return e == EBADF || e == EINVAL || e == ENOTSOCK || e == EOPNOTSUPP;
}

/* A transient error that never clears (a sandbox that answers EPERM) must not make us spin. */
static int will_clear(struct server *s, int e)
{
  return is_transient(e) && ++s->transient <= ACCEPT_BURST;
}

void server_begin_client(struct server *s, struct client *client, struct listener const *l)
{
  client->stage = STAGE_ARRIVING;
  client->next = s->parts;
  client->identified = 0;
  client->exempt = client->reported = 0;
  client->slot = SOURCE_NONE;
  client->listener = l;
  client->remote.sa.any.sa_family = AF_UNSPEC;
  client->uid = (uid_t)-1;
  client->gid = (gid_t)-1;
  client->pid = 0;
  client->via = 0;
  client->connection = 0;
  client->facts = 0;
}

int server_accept_one(struct server *s, struct listener const *l, struct client *client, int hung_up)
{
  server_begin_client(s, client, l);
  client->fd = platform_accept(l->fd, &client->remote);
  if (client->fd != -1)
  {
    s->transient = 0;
    s->counters.accepted++;
    if (s->hold.episode) hold_ease(s);
    return 1;
  }
  /* A Unix listener that was shut down reports a hang-up for ever while accept fails with EAGAIN. */
  if (errno == EAGAIN || errno == EWOULDBLOCK)
  {
    if (hung_up) server_die(s, "accept: the listener was shut down", 0);
    s->transient = 0;
    return 0;
  }
  if (is_fatal(errno)) server_die(s, "accept", errno);
  if (will_clear(s, errno)) return 1;
  hold_begin(s, 0, "accept", errno);
  return 0;
}

static void accept_burst(struct server *s, struct listener const *l, int hung_up)
{
  struct client client;
  unsigned int n = 0;
  for (; n < s->burst && server_wants_clients(s); n++)
  {
    if (!server_accept_one(s, l, &client, hung_up)) return;
    if (client.fd != -1) server_serve(s, &client);
  }
}

/* How many clients to take from a listener at once. A burst saves polls while clients queue up, and costs
   one accept that fails with EAGAIN when they do not: so it grows only while every wake-up finds clients, from
   the third on. */
static unsigned int burst_of(unsigned int ready_in_a_row)
{
  if (ready_in_a_row < 2) return 1;
  return ready_in_a_row < 7 ? 1u << (ready_in_a_row - 1) : ACCEPT_BURST;
}

int server_wants_clients(struct server const *s)
{
  return !s->hold.paused && !s->pauses && (!server_is_full(s) || s->refuses_when_full);
}

/* The listener that was served last is looked at last: with little room left none starves the others. */
void server_accept(struct server *s, unsigned int entries)
{
  unsigned int i = 0, ready = 0, begin = s->first;
  for (; entries > s->first_listener && i < s->listener_count; i++)
  {
    unsigned int number = (begin + i) % s->listener_count;
    short revents = s->poll[s->first_listener + number].revents;
    if (!revents || !server_wants_clients(s)) continue;
    s->first = (number + 1) % s->listener_count;
    accept_burst(s, &s->listeners[number], revents & (POLLHUP | POLLERR | POLLNVAL));
    ready = 1;
  }
  s->ready_in_a_row = ready ? s->ready_in_a_row + (s->ready_in_a_row < 7) : 0;
  s->burst = burst_of(s->ready_in_a_row);
}
