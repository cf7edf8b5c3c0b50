/* The clients without a program go over to the new program of an upgrade. One of which nothing was read begins afresh there. One that
   came with a PROXY header goes on after the part that has read it. Those of a kind of waiting that saves its own are in its lines. */

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "client_state.h"
#include "pending.h"
#include "upgrade.h"

enum { NAME_MAX_OF_PART = 32 };

int upgrade_passes_on(struct client const *client)
{
  return !client->facts && client->slot == SOURCE_NONE;
}

/* ---- writing ---- */

static void put_passed(struct state *st, struct server const *s, struct client const *client, struct part const *next)
{
  state_put_client(st, s, client);
  state_bytes(st, next ? next->name : "", next ? strlen(next->name) : 0);
}

/* How much must be there for a wake-up was for us to set (socket(7)); the program expects a byte. next: the part that it comes to. */
static void save_client(struct server const *s, struct state *st, struct client const *client, struct part const *next)
{
  int one = 1;
  if (setsockopt(client->fd, SOL_SOCKET, SO_RCVLOWAT, &one, sizeof one) == -1 && errno == EBADF) return;
  state_word(st, client->via ? "passed" : "client");
  if (client->via) put_passed(st, s, client, next);
  else state_put_accepted(st, s, client);
  state_line(st);
}

/* The part in which it waits has moved it on already. */
static struct part const *part_before(struct server const *s, struct part const *next)
{
  struct part const *part = s->parts;
  while (part && part->next != next) part = part->next;
  return part;
}

struct saving
{
  struct server const *server;
  struct state *state;
};

static void save_pending(void *data, struct pending const *p, struct pending_kind const *kind)
{
  struct saving const *x = data;
  if (!kind->enters || kind->saves || p->own || !upgrade_passes_on(&p->client)) return;
  save_client(x->server, x->state, &p->client, part_before(x->server, p->client.next));
}

void upgrade_save_clients(struct server *s, struct state *st)
{
  struct saving x = { s, st };
  size_t i = s->queue.first;
  if (s->hold.client.fd != -1) save_client(s, st, &s->hold.client, s->hold.client.next);
  for (; i < s->queue.count; i++) save_client(s, st, &s->queue.all[i], s->queue.all[i].next);
  pending_visit(s, &save_pending, &x);
}

/* ---- reading ---- */

static void enqueue(struct server *s, struct client *client)
{
  if (queue_has_room(s)) queue_add(s, client);
  else server_close_client(client);
}

void upgrade_take_client(struct server *s, char const *values)
{
  struct client client;
  if (!state_take_accepted(s, &values, &client)) return;
  client.remote.length = sizeof client.remote.sa;
  if (getpeername(client.fd, &client.remote.sa.any, &client.remote.length) == -1) server_close_client(&client);
  else enqueue(s, &client);
}

/* The first one where there is none of that name: then an option has changed its meaning. */
static int take_next(struct server *s, char const **values, struct client *client)
{
  char name[NAME_MAX_OF_PART];
  size_t length;
  struct part *part = s->parts;
  if (!state_take_bytes(values, name, sizeof name, &length)) return 0;
  for (; part && length; part = part->next)
    if (strlen(part->name) == length && !memcmp(part->name, name, length)) client->next = part;
  return 1;
}

void upgrade_take_passed(struct server *s, char const *values)
{
  struct client client;
  if (!state_take_client(s, &values, &client)) return;
  if (take_next(s, &values, &client)) enqueue(s, &client);
  else server_close_client(&client);
}
