/* What is known of a client, in the state of an upgrade: see client_state.h. */

#include <stdlib.h>
#include <string.h>

#include "client_state.h"
#include "via.h"

/* ---- addresses and sources ---- */

void state_put_address(struct state *st, struct address const *a)
{
  state_bytes(st, &a->sa, a->length);
}

int state_take_address(char const **values, struct address *a)
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

void state_put_via(struct state *st, struct via const *via)
{
  unsigned int i = 0;
  state_number(st, via != 0);
  if (!via) return;
  state_put_address(st, &via->remote);
  state_put_address(st, &via->local);
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

int state_take_via(char const **values, struct via **via)
{
  static struct proxy_header const empty;
  struct proxy_header h = empty;
  struct address remote, local;
  uint64_t present, uid;
  char space[2 * PROXY_LONGEST];
  *via = 0;
  if (!state_take_number(values, &present)) return 0;
  if (!present) return 1;
  if (!state_take_address(values, &remote) || !state_take_address(values, &local) || !state_take_number(values, &uid)) return 0;
  if (!take_fields(values, &h, space, sizeof space)) return 0;
  *via = via_new(&h, 1);
  if (!*via) return 0;
  (*via)->remote = remote;
  (*via)->local = local;
  (*via)->uid = (uid_t)uid;
  return 1;
}

/* ---- what the kernel knows of the connection ---- */

void state_put_connection(struct state *st, struct platform_connection const *c)
{
  state_bytes(st, c, c ? sizeof *c : 0);
}

/* That of a version with another struct is not known here: only idleness is not noticed then. */
int state_take_connection(char const **values, struct platform_connection **c)
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
