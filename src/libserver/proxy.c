/* The part that reads a PROXY header before anything else is known of a client. Where the sender has it ready, as balancers
   do, that is two system calls: one look, and one read of just the header. Otherwise the client waits (pending.h), and
   what has come of the header stays in the kernel: SO_RCVLOWAT lets it wake us when the rest is there. Unix-domain
   sockets do not know it; there the beginning is taken and kept. */

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "die.h"
#include "parts.h"
#include "peer.h"
#include "pending.h"
#include "proxy_part.h"
#include "source_list.h"
#include "via.h"

enum { DEADLINE = 5 };  /* seconds */

/* The beginning of a header that could not stay in the kernel: what a pending entry owns. */
struct kept
{
  size_t length;
  char bytes[PROXY_LONGEST];
};

/* ---- refusals ---- */

static void refuse(struct server *s, struct client *client, char const *why)
{
  struct refusal r = { .reason = REASON_PROXY, .why = why };
  server_refuse(s, client, &r);
}

static void refuse_bad(struct server *s, struct client *client, char const *why)
{
  char space[REPEAT_WHY_MAX];
  struct text t = TEXT_IN(space);
  text_string(&t, "bad proxy header: ");
  text_string(&t, why);
  refuse(s, client, text_end(&t));
}

/* ---- the sender ---- */

static int is_trusted(struct proxy const *p, struct client *client)
{
  if (address_is_ip(&client->remote)) return source_list_has_address(&p->from, &client->remote);
  if (peer_ids(client->fd, &client->uid, &client->gid, &client->pid) == -1) return 0;
  return source_list_has_user(&p->from, client->uid);
}

/* ---- the header ---- */

/* Takes the rest of the header, which is known to be there. Returns false if there is no client to serve. */
static int take(struct server *s, struct proxy *p, struct client *client, size_t n)
{
  int is_check = p->header.about == PROXY_SENDER || p->header.about == PROXY_NOBODY;
  struct refusal check = { .reason = REASON_CHECK, .why = "a header that names no client" };
  if (proxy_receive(client->fd, p->bytes, n, 0) != (ssize_t)n)
  {
    refuse(s, client, "no proxy header");
    return 0;
  }
  if (!is_check || !p->close_local) return 1;
  if (!log_wants(&s->log, LOG_DETAIL)) check.why = 0;
  server_refuse(s, client, &check);
  return 0;
}

/* ---- waiting ---- */

/* How many bytes must have come, in all, before it is worth looking again. Any byte of version 1, and of the fixed part of
   version 2, may be the wrong one. */
static uint32_t next_mark(struct proxy_header const *h, size_t n)
{
  return (uint32_t)(h->version == PROXY_V2 && n >= PROXY_V2_SHORTEST ? h->length : n + 1);
}

/* An entry without a mark has the system's, which is 1. */
static void set_mark(struct pending *entry, uint32_t mark)
{
  int n = (int)mark;
  if (mark == (entry->mark ? entry->mark : 1)) return;
  if (setsockopt(entry->client.fd, SOL_SOCKET, SO_RCVLOWAT, &n, sizeof n) == 0) entry->mark = mark;
}

/* A connection that woke us below its mark has no mark, or is at its end, or the system is short of memory. What is there is
   part of the header in any case. */
static void keep(struct server *s, struct pending *entry, size_t n)
{
  struct kept *kept = entry->own;
  ssize_t r;
  if (!kept) kept = entry->own = calloc(1, sizeof *kept);
  if (!kept)
  {
    hold_begin(s, 0, "wait for a client", ENOMEM);
    return;
  }
  r = proxy_receive(entry->client.fd, kept->bytes + kept->length, n, 0);
  if (r > 0) kept->length += (size_t)r;
  set_mark(entry, 1);
}

/* It leaves, and the program will find the socket as it was. */
static void leave(struct server *s, struct pending *entry, struct client *client)
{
  set_mark(entry, 1);
  free(entry->own);
  entry->own = 0;
  pending_leave(s, entry, client);
}

static void serve(struct server *s, struct proxy *p, struct pending *entry, size_t n)
{
  struct client client;
  struct via *via;
  if (proxy_via(p, &via) == -1)
  {
    hold_begin(s, 0, "wait for a client", ENOMEM);
    return;
  }
  leave(s, entry, &client);
  proxy_describe(p, &client, via);
  if (take(s, p, &client, n)) server_serve(s, &client);
}

static void ready(struct server *s, void *data, struct pending *entry)
{
  struct proxy *p = data;
  struct kept const *kept = entry->own;
  struct client client;
  size_t before = kept ? kept->length : 0, n = 0;
  if (before) memcpy(p->bytes, kept->bytes, before);
  switch (proxy_look(p, &entry->client, before, &n))
  {
    case HEADER_READY :
      serve(s, p, entry, p->header.length - before);
      break;
    case HEADER_INCOMPLETE :
      if (n && n < entry->mark) keep(s, entry, n);
      else if (n) set_mark(entry, next_mark(&p->header, before + n) - (uint32_t)before);
      break;
    case HEADER_ENDED :
      leave(s, entry, &client);
      if (before) refuse_bad(s, &client, "it ends too early");
      else refuse(s, &client, "no proxy header");
      break;
    case HEADER_BAD :
      leave(s, entry, &client);
      refuse_bad(s, &client, p->header.why);
      break;
  }
}

static void over(struct server *s, void *data, struct pending *entry, enum pending_end why)
{
  struct proxy const *p = data;
  struct client client;
  leave(s, entry, &client);
  refuse(s, &client, why == PENDING_LATE ? p->late : "no proxy header and no room to wait for it");
}

/* ---- arriving ---- */

/* In a shortage it is asked for again, from here. */
static enum fate hold(struct server *s, struct proxy *p, struct client *client, int e)
{
  client->next = &p->part;
  hold_begin(s, client, "wait for a client", e);
  return CLIENT_TAKEN;
}

static enum fate arrive(struct server *s, void *data, struct client *client)
{
  struct proxy *p = data;
  struct via *via;
  size_t n = 0;
  if (!is_trusted(p, client))
  {
    if (p->direct) return CLIENT_GOES_ON;
    refuse(s, client, "not a proxy");
    return CLIENT_TAKEN;
  }
  switch (proxy_look(p, client, 0, &n))
  {
    case HEADER_READY :
      if (proxy_via(p, &via) == -1) return hold(s, p, client, ENOMEM);
      proxy_describe(p, client, via);
      return take(s, p, client, p->header.length) ? CLIENT_GOES_ON : CLIENT_TAKEN;
    case HEADER_INCOMPLETE :
      return pending_wait(s, p->queue, client) == 0 ? CLIENT_TAKEN : hold(s, p, client, errno);
    case HEADER_ENDED :
      refuse(s, client, "no proxy header");
      return CLIENT_TAKEN;
    default :
      refuse_bad(s, client, p->header.why);
      return CLIENT_TAKEN;
  }
}

/* ---- configuration ---- */

static unsigned int accepted(struct opts const *o)
{
  char const *versions = opts_value(o, "proxy", 0);
  unsigned int bits = versions[0] == '1' ? PROXY_V1 : versions[0] == '2' ? PROXY_V2 : PROXY_ANY;
  return opts_has(o, "proxy-variables") ? bits | PROXY_FIELDS : bits;
}

static void read_deadline(struct proxy *p, uint64_t seconds)
{
  struct text t = TEXT_IN(p->late);
  text_string(&t, "no proxy header within ");
  text_number(&t, seconds);
  text_string(&t, " s");
  text_end(&t);
  p->kind.limit = 1000 * seconds;
}

void part_proxy(struct server *s)
{
  struct opts const *o = s->opts;
  struct proxy *p;
  if (!opts_offers(o, "proxy") || !opts_has(o, "proxy")) return;
  p = calloc(1, sizeof *p);
  if (!p) die_system("allocate memory");
  source_list_parse(&p->from, opts_value(o, "proxy-from", 0));
  p->accepted = accepted(o);
  p->direct = opts_has(o, "proxy-direct");
  p->close_local = opts_has(o, "proxy-close-local");
  p->kind = (struct pending_kind){ .enters = 1, .data = p, .ready = &ready, .over = &over };
  read_deadline(p, opts_number(o, "proxy-deadline", DEADLINE));
  p->queue = pending_queue(s, &p->kind);
  p->part = (struct part){ .name = "proxy", .data = p, .variables = proxy_variables, .arrive = &arrive, .environment = &proxy_environment };
  server_add_part(s, &p->part);
}
