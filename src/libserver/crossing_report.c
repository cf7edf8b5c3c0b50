/* What a process between client and program reports about its client: see between.h. */

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "crossings.h"
#include "engine.h"
#include "text.h"

static void refuse(struct server *s, struct pending *p, char const *why)
{
  struct refusal r = { .reason = REASON_HANDSHAKE, .why = why };
  struct client client;
  p->own = 0;
  pending_leave(s, p, &client);
  server_refuse(s, &client, &r);
}

/* Reads on, and never beyond the end of the report: what follows is for the program. 1: it is whole, 0: not yet,
   -1: it never will be. */
static int receive(struct crossing *c)
{
  ssize_t r;
  if (c->got < sizeof c->head) r = recv(c->fd, (char *)&c->head + c->got, sizeof c->head - c->got, MSG_DONTWAIT);
  else r = recv(c->fd, c->bytes + (c->got - sizeof c->head), sizeof c->head + c->head.length - c->got, MSG_DONTWAIT);
  if (r == -1 && (errno == EAGAIN || errno == EINTR)) return 0;
  if (r <= 0) return -1;
  c->got += (size_t)r;
  if (c->got < sizeof c->head) return 0;
  if (!c->bytes)
  {
    if (!c->head.length || c->head.length > BETWEEN_REPORT_MAX) return -1;
    c->bytes = malloc(c->head.length + 2);
    if (!c->bytes) return -1;
  }
  if (c->got < sizeof c->head + c->head.length) return 0;
  c->bytes[c->head.length] = c->bytes[c->head.length + 1] = 0;
  return 1;
}

static void go_on(struct server *s, struct crossings *m, struct pending *p, struct crossing *c)
{
  char words[REPEAT_WHY_MAX];
  struct text why = TEXT_IN(words);
  struct client client;
  if (c->head.kind == BETWEEN_READY && m->between->accepts(m->between->context, c->bytes, c->head.length))
  {
    p->own = 0;
    pending_leave(s, p, &client);
    c->waits = 0;
    client.facts = c->bytes;
    server_serve(s, &client);
    return;
  }
  if (c->head.kind == BETWEEN_FAILED) text_scrubbed(&why, c->bytes, c->head.length);
  else text_string(&why, "TLS process sent a bad report");
  refuse(s, p, text_end(&why));
}

void crossing_ready(struct server *s, void *data, struct pending *p)
{
  struct crossings *m = data;
  struct crossing *c = crossing_of_fd(m, p->client.fd);
  int r = 1;
  while (r == 1 && (c->got < sizeof c->head || c->got < sizeof c->head + c->head.length))
  {
    size_t before = c->got;
    r = receive(c);
    if (r == 0 && c->got > before) r = 1;
    else if (r == 1) break;
    else if (r == 0) return;
    p->own = m;  /* from now on this daemon has to read the rest */
  }
  if (r == -1) refuse(s, p, "TLS process died");
  else go_on(s, m, p, c);
}

void crossing_over(struct server *s, void *data, struct pending *p, enum pending_end end)
{
  struct crossing *c = crossing_of_fd(data, p->client.fd);
  if (c->process) kill(c->process, SIGKILL);
  refuse(s, p, end == PENDING_LATE ? "TLS handshake timed out" : "TLS handshake gives way");
}
