/* Looking for a PROXY header among what has come of a connection, and taking its word for who the client is: see proxy_part.h. */

#include <errno.h>
#include <sys/socket.h>

#include "engine.h"
#include "proxy_part.h"
#include "via.h"

ssize_t proxy_receive(int fd, char *s, size_t n, int flags)
{
  ssize_t r;
  do r = recv(fd, s, n, flags | MSG_DONTWAIT);
  while (r == -1 && errno == EINTR);
  return r;
}

static enum proxy_outcome bad(struct proxy *p, char const *why)
{
  p->header.why = why;
  return HEADER_BAD;
}

static enum proxy_outcome parse(struct proxy *p, size_t n)
{
  switch (proxy_parse(&p->header, p->bytes, n, p->accepted))
  {
    case PROXY_COMPLETE : return HEADER_READY;
    case PROXY_MORE : return HEADER_INCOMPLETE;
    default : return HEADER_BAD;
  }
}

/* A header is a packet of its own: what is left of a packet would be lost, and the rest of a header never comes. */
static enum proxy_outcome parse_packet(struct proxy *p, size_t n)
{
  enum proxy_outcome outcome;
  if (n > sizeof p->bytes) return bad(p, "its packet is too long");
  outcome = parse(p, n);
  if (outcome == HEADER_READY && n != p->header.length) return bad(p, "it is not a packet of its own");
  if (outcome == HEADER_INCOMPLETE && n) return bad(p, "its packet ends too early");
  return outcome;
}

/* Looks at what is there, after `before` bytes that have been taken. *n: how much it is. */
enum proxy_outcome proxy_look(struct proxy *p, struct client const *client, size_t before, size_t *n)
{
  int packets = client->listener->packets;
  ssize_t r = proxy_receive(client->fd, p->bytes + before, sizeof p->bytes - before, packets ? MSG_PEEK | MSG_TRUNC : MSG_PEEK);
  if (!r) return HEADER_ENDED;
  if (r == -1 && errno != EAGAIN && errno != EWOULDBLOCK) return HEADER_ENDED;
  *n = r == -1 ? 0 : (size_t)r;
  return packets ? parse_packet(p, *n) : parse(p, before + *n);
}

int proxy_via(struct proxy const *p, struct via **via)
{
  *via = 0;
  if (p->header.about != PROXY_CLIENT) return 0;
  *via = via_new(&p->header, !!(p->accepted & PROXY_FIELDS));
  return *via ? 0 : -1;
}

void proxy_describe(struct proxy const *p, struct client *client, struct via *via)
{
  struct proxy_header const *h = &p->header;
  if (!via) return;
  via->remote = client->remote;
  via->local = client->listener->local;
  via->uid = client->uid;
  client->remote = h->remote;
  client->local = h->local;
  client->uid = (uid_t)-1;
  client->gid = (gid_t)-1;
  client->pid = 0;
  client->via = via;
}
