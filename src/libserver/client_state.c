/* What is known of a client, in the state of an upgrade: see client_state.h. */

#include <stdlib.h>
#include <string.h>

#include <skalibs/djbunix.h>

#include "client_state.h"
#include "via.h"

/* ---- addresses and sources ---- */

static void put_address(struct state *st, struct address const *a)
{
  state_bytes(st, &a->sa, a->length);
}

static int take_address(char const **values, struct address *a)
{
  size_t length;
  memset(a, 0, sizeof *a);
  if (!state_take_bytes(values, &a->sa, sizeof a->sa, &length)) return 0;
  a->length = (socklen_t)length;
  return 1;
}

void state_put_source(struct state *st, struct source const *source)
{
  state_number(st, source->family);
  state_bytes(st, source->bytes, sizeof source->bytes);
}

int state_take_source(char const **values, struct source *source)
{
  uint64_t family;
  size_t length;
  if (!state_take_number(values, &family)) return 0;
  source->family = (uint32_t)family;
  return state_take_bytes(values, source->bytes, sizeof source->bytes, &length) && length == sizeof source->bytes;
}

/* ---- the sender of a PROXY header ---- */

static void put_via(struct state *st, struct via const *via)
{
  unsigned int i = 0;
  state_number(st, via != 0);
  if (!via) return;
  put_address(st, &via->remote);
  put_address(st, &via->local);
  state_number(st, via->uid);
  state_number(st, PROXY_FIELD_COUNT);
  for (; i < PROXY_FIELD_COUNT; i++)
  {
    state_number(st, via->fields[i] != 0);
    if (via->fields[i]) state_bytes(st, via->fields[i], strlen(via->fields[i]));
  }
}

/* The fields, in a header that a via can be made of. The space is for all of them. */
static int take_fields(char const **values, struct proxy_header *h, char *space, size_t room)
{
  uint64_t count, i = 0;
  if (!state_take_number(values, &count)) return 0;
  for (; i < count; i++)
  {
    uint64_t present;
    size_t length;
    if (!state_take_number(values, &present)) return 0;
    if (!present) continue;
    if (!state_take_bytes(values, space, room, &length)) return 0;
    if (i < PROXY_FIELD_COUNT) h->fields[i] = (struct proxy_value){ .s = space, .length = length };
    space += length;
    room -= length;
  }
  return 1;
}

static int take_via(char const **values, struct via **via)
{
  static struct proxy_header const empty;
  struct proxy_header h = empty;
  struct address remote, local;
  uint64_t present, uid;
  char space[2 * PROXY_LONGEST];
  *via = 0;
  if (!state_take_number(values, &present)) return 0;
  if (!present) return 1;
  if (!take_address(values, &remote) || !take_address(values, &local) || !state_take_number(values, &uid)) return 0;
  if (!take_fields(values, &h, space, sizeof space)) return 0;
  *via = via_new(&h, 1);
  if (!*via) return 0;
  (*via)->remote = remote;
  (*via)->local = local;
  (*via)->uid = (uid_t)uid;
  return 1;
}

/* ---- what the kernel knows of the connection ---- */

static void put_connection(struct state *st, struct platform_connection const *c)
{
  state_bytes(st, c, c ? sizeof *c : 0);
}

/* That of a version with another struct is not known here: only idleness is not noticed then. */
static int take_connection(char const **values, struct platform_connection **c)
{
  struct platform_connection got;
  size_t length;
  *c = 0;
  if (!state_take_bytes(values, &got, sizeof got, &length)) return 0;
  if (length != sizeof got) return 1;
  *c = malloc(sizeof got);
  if (!*c) return 0;
  **c = got;
  return 1;
}

/* ---- the client ---- */

void state_put_accepted(struct state *st, struct server const *s, struct client const *client)
{
  state_descriptor(st, client->fd);
  state_number(st, (uint64_t)(client->listener - s->listeners));
}

int state_take_accepted(struct server *s, char const **values, struct client *client)
{
  uint64_t listener;
  int fd;
  if (!state_take_descriptor(values, &fd)) return 0;
  if (!state_take_number(values, &listener) || listener >= s->listener_count)
  {
    fd_close(fd);
    return 0;
  }
  server_begin_client(s, client, &s->listeners[listener]);
  client->fd = fd;
  return 1;
}

static int take_numbers(char const **values, struct client *client)
{
  uint64_t n[7];
  size_t i = 0;
  for (; i < sizeof n / sizeof *n; i++) if (!state_take_number(values, n + i)) return 0;
  if (n[0] > STAGE_ADMITTED) return 0;
  client->stage = (enum stage)n[0];
  client->identified = (int)n[1];
  client->exempt = (int)n[2];
  client->reported = (int)n[3];
  client->uid = (uid_t)n[4];
  client->gid = (gid_t)n[5];
  client->pid = (pid_t)n[6];
  return 1;
}

void state_put_client(struct state *st, struct server const *s, struct client const *client)
{
  state_put_accepted(st, s, client);
  state_number(st, (uint64_t)client->stage);
  state_number(st, (uint64_t)client->identified);
  state_number(st, (uint64_t)client->exempt);
  state_number(st, (uint64_t)client->reported);
  state_number(st, client->uid);
  state_number(st, client->gid);
  state_number(st, (uint64_t)client->pid);
  put_address(st, &client->remote);
  put_address(st, &client->local);
  state_put_source(st, &client->source);
  put_connection(st, client->connection);
  put_via(st, client->via);
}

int state_take_client(struct server *s, char const **values, struct client *client)
{
  if (!state_take_accepted(s, values, client)) return 0;
  if (take_numbers(values, client) && take_address(values, &client->remote) && take_address(values, &client->local)
    && state_take_source(values, &client->source) && take_connection(values, &client->connection) && take_via(values, &client->via)) return 1;
  server_close_client(client);
  return 0;
}
