/* The end of a client that is not served. */

#include <stdlib.h>

#include <skalibs/djbunix.h>

#include "engine.h"

static char const *const words[REASONS] =
{
  [REASON_SOURCE] = "source",
  [REASON_RATE] = "rate",
  [REASON_PENALTY] = "penalty",
  [REASON_RULES] = "rules",
  [REASON_PROXY] = "proxy",
  [REASON_CHECK] = "check",
  [REASON_SILENT] = "silent",
  [REASON_HANDSHAKE] = "handshake",
  [REASON_FULL] = "full",
  [REASON_UNIDENTIFIED] = "unidentified",
  [REASON_UNJUDGED] = "unjudged"
};

char const *reason_word(enum reason reason)
{
  return words[reason];
}

void server_forget_client(struct client *client)
{
  client->fd = -1;
  free(client->via);
  free(client->connection);
  client->via = 0;
  client->connection = 0;
}

void server_close_client(struct client *client)
{
  fd_close(client->fd);
  server_forget_client(client);
}

static int is_taken(struct server *s, struct client *client, struct refusal const *r)
{
  struct part *part = s->parts;
  for (; part; part = part->next)
    if (part->refused && part->refused(s, part->data, client, r) == CLIENT_TAKEN) return 1;
  return 0;
}

void server_refuse(struct server *s, struct client *client, struct refusal const *r)
{
  if (!client->identified) server_find_source(s, client);
  s->counters.refused[r->reason]++;
  if (r->why) report_refused(s, client, r);
  if (client->slot != SOURCE_NONE) server_release_slot(s, client->slot);
  client->slot = SOURCE_NONE;
  if (!is_taken(s, client, r)) server_close_client(client);
}

/* A client that was held, or that a part has taken, comes by a second time. */
void server_only_report(struct server *s, struct client *client, struct refusal const *r)
{
  if (client->reported) return;
  client->reported = 1;
  s->counters.only_reported++;
  report_refused(s, client, r);
}
