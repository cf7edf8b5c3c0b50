/* Connections that end gently: see gentle.h. */

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "gentle.h"

enum { PIECE = 16384, PIECES = 4 };  /* what one turn reads of one connection at most */

static void leave(struct server *s, struct pending *p)
{
  struct client client;
  pending_leave(s, p, &client);
  server_close_client(&client);
}

static void ready(struct server *s, void *data, struct pending *p)
{
  char piece[PIECE];
  unsigned int i = 0;
  (void)data;
  for (; i < PIECES; i++)
  {
    ssize_t n = recv(p->client.fd, piece, sizeof piece, MSG_DONTWAIT);
    if (n == -1 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) return;
    if (n > 0) continue;
    leave(s, p);
    return;
  }
}

static void over(struct server *s, void *data, struct pending *p, enum pending_end end)
{
  (void)data;
  (void)end;
  leave(s, p);
}

void gentle_prepare(struct server *s, struct gentle *g, uint64_t milliseconds)
{
  g->kind = (struct pending_kind){ .limit = milliseconds, .yields = 1, .data = g, .ready = &ready, .over = &over };
  g->queue = pending_queue(s, &g->kind);
}

int gentle_take(struct server *s, struct gentle *g, struct client *client)
{
  shutdown(client->fd, SHUT_WR);
  return pending_wait(s, g->queue, client) == 0;
}
