/* The part that decides how the connection of a refused client ends: with words (--refuse-with), by a reset
   (--reset-refused), and whether clients are refused at all when the limit of all is reached (--refuse-when-full). */

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "die.h"
#include "engine.h"
#include "escapes.h"
#include "gentle.h"
#include "parts.h"

enum { PATIENCE = 2000 };  /* milliseconds that a refused client may take to read its words */

struct endings
{
  struct part part;
  struct gentle gentle;
  char words[ESCAPES_MAX];
  size_t length;  /* 0: none */
  int resets;
};

/* A stranger, and a sender of bad headers, get no answer that they could learn from. */
static int deserves_words(enum reason reason)
{
  switch (reason)
  {
    case REASON_SOURCE : case REASON_RATE : case REASON_PENALTY : case REASON_RULES : case REASON_UNJUDGED : case REASON_FULL :
      return 1;
    default : return 0;
  }
}

/* tcp(7), SO_LINGER in socket(7): closing sends a reset at once, and nothing is left in our tables. */
static void make_reset(struct client const *client)
{
  struct linger how = { 1, 0 };
  setsockopt(client->fd, SOL_SOCKET, SO_LINGER, &how, sizeof how);
}

static enum fate refused(struct server *s, void *data, struct client *client, struct refusal const *r)
{
  struct endings *x = data;
  if (x->resets) make_reset(client);
  if (!x->length || !deserves_words(r->reason)) return CLIENT_GOES_ON;
  send(client->fd, x->words, x->length, MSG_DONTWAIT | MSG_NOSIGNAL);
  return gentle_take(s, &x->gentle, client) ? CLIENT_TAKEN : CLIENT_GOES_ON;
}

void part_endings(struct server *s)
{
  char const *words = opts_value(s->opts, "refuse-with", 0);
  int resets = opts_has(s->opts, "reset-refused");
  struct endings *x;
  s->refuses_when_full = opts_has(s->opts, "refuse-when-full");
  if (!words && !resets) return;
  x = calloc(1, sizeof *x);
  if (!x) die_system("allocate memory");
  x->resets = resets;
  if (words)
  {
    x->length = escapes_resolve(x->words, words);
    gentle_prepare(s, &x->gentle, PATIENCE);
  }
  x->part = (struct part){ .name = "endings", .data = x, .refused = &refused };
  server_add_part(s, &x->part);
}
