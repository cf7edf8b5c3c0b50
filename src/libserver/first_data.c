/* The part that keeps a client until it has sent something (--first-data): one that stays silent costs no process. The end of
   its stream counts as data: such a client may still want an answer. */

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "die.h"
#include "engine.h"
#include "parts.h"
#include "pending.h"

enum { SECOND = 1000, WHY_MAX = 48 };

struct first_data
{
  struct part part;
  struct pending_kind kind;
  struct pending_queue *queue;
  char late[WHY_MAX];  /* for the log */
};

/* 1: something is there, or the end; 0: nothing yet; -1: the connection is broken. Nothing is taken. */
static int has_spoken(struct client const *client)
{
  char byte;
  if (recv(client->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0) return 1;
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? 0 : -1;
}

/* why: 0 for no line in the log. */
static void refuse(struct server *s, struct client *client, char const *why)
{
  struct refusal r = { .reason = REASON_SILENT, .why = why };
  server_refuse(s, client, &r);
}

static enum fate arrive(struct server *s, void *data, struct client *client)
{
  struct first_data *x = data;
  int spoken = has_spoken(client);
  if (spoken == 1) return CLIENT_GOES_ON;
  if (spoken == -1) refuse(s, client, 0);
  else if (pending_wait(s, x->queue, client) == -1) hold_begin(s, client, "wait for a client", errno);
  return CLIENT_TAKEN;
}

static void ready(struct server *s, void *data, struct pending *p)
{
  struct client client;
  int spoken = has_spoken(&p->client);
  (void)data;
  if (!spoken) return;
  pending_leave(s, p, &client);
  if (spoken == 1) server_serve(s, &client);
  else refuse(s, &client, 0);
}

static void over(struct server *s, void *data, struct pending *p, enum pending_end end)
{
  struct first_data *x = data;
  struct client client;
  pending_leave(s, p, &client);
  refuse(s, &client, end == PENDING_LATE ? x->late : "silent while many others came");
}

static void put_late(struct first_data *x, uint64_t seconds)
{
  struct text t = TEXT_IN(x->late);
  text_string(&t, "silent for ");
  text_number(&t, seconds);
  text_string(&t, " s");
  text_end(&t);
}

void part_first_data(struct server *s)
{
  struct first_data *x;
  uint64_t seconds = opts_number(s->opts, "first-data", 0);
  if (!seconds) return;
  x = calloc(1, sizeof *x);
  if (!x) die_system("allocate memory");
  put_late(x, seconds);
  x->kind = (struct pending_kind){ .limit = seconds * SECOND, .enters = 1, .yields = 1, .data = x, .ready = &ready, .over = &over };
  x->queue = pending_queue(s, &x->kind);
  x->part = (struct part){ .name = "first-data", .data = x, .arrive = &arrive };
  server_add_part(s, &x->part);
}
