/* Any bytes as the report of a TLS process to the daemon, in pieces of any size: a report that is taken is whole, and has known
   variables of printable characters; one that is not taken refuses the client in one printable line; nothing beyond its end
   is read, because that is for the program. */

#include <sys/socket.h>
#include <unistd.h>

#include "libserver/engine.h"
#include "fuzz.h"
#include "libserver/crossings.h"
#include "outcome.h"

static struct crossing crossing;
static struct between between;
static struct crossings crossings = { .between = &between };
static int served, refused;

/* ---- what the daemon would do ---- */

struct crossing *crossing_of_fd(struct crossings const *m, int fd)
{
  (void)m;
  (void)fd;
  return &crossing;
}

void pending_leave(struct server *s, struct pending *p, struct client *client)
{
  (void)s;
  *client = p->client;
}

static int is_printable(char const *s)
{
  for (; *s; s++) if (*s < ' ' || *s > '~') return 0;
  return 1;
}

void server_refuse(struct server *s, struct client *client, struct refusal const *r)
{
  (void)s;
  (void)client;
  refused++;
  HOLDS(r->reason == REASON_HANDSHAKE && r->why && is_printable(r->why));
}

static void look(void *data, char const *name, char const *value)
{
  (void)data;
  HOLDS(!strncmp(name, "SSL_", 4) && (!value || is_printable(value)));
}

static int accepts(void *context, char const *bytes, size_t length)
{
  static struct outcome outcome;
  (void)context;
  if (!outcome_take(&outcome, bytes, length)) return 0;
  outcome_each(&outcome, &look, 0);
  return 1;
}

void server_serve(struct server *s, struct client *client)
{
  (void)s;
  (void)client;
  served++;
  HOLDS(crossing.head.kind == BETWEEN_READY && crossing.got == sizeof crossing.head + crossing.head.length);
}

/* ---- */

static size_t in_socket(int fd)
{
  char rest[8192];
  ssize_t r = recv(fd, rest, sizeof rest, MSG_DONTWAIT);
  return r > 0 ? (size_t)r : 0;
}

extern int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size);
int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size)
{
  struct pending p = { .client = { .fd = -1 } };
  size_t piece = size ? 1 + data[0] * 8u : 1, sent = size ? 1 : 0, begin = sent;
  int fd[2];
  HOLDS(socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == 0);
  memset(&crossing, 0, sizeof crossing);
  between.accepts = &accepts;
  p.client.fd = crossing.fd = fd[0];
  served = refused = 0;
  while (sent < size && !served && !refused)
  {
    size_t n = size - sent < piece ? size - sent : piece;
    HOLDS(write(fd[1], data + sent, n) == (ssize_t)n);
    sent += n;
    crossing_ready(0, &crossings, &p);
  }
  if (served) HOLDS(crossing.got + in_socket(fd[0]) == sent - begin);
  close(fd[1]);
  if (!served && !refused) crossing_ready(0, &crossings, &p);
  HOLDS(served + refused == 1);
  close(fd[0]);
  free(crossing.bytes);
  return 0;
}
