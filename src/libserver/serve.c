/* One client on its way: arrive, identify, limits, rules, admit, launch. Each step lets it go on, or ends its way: it is
   held, refused, or taken by a part. */

#include <errno.h>
#include <string.h>

#include "engine.h"

/* ---- the parts' steps ---- */

/* Calls one hook of the parts that come next. The client remembers where it was, so that a part that takes
   it gives it back to the part after it. */
static int passes_parts(struct server *s, struct client *client, int arriving)
{
  while (client->next)
  {
    struct part *part = client->next;
    enum fate (*hook)(struct server *, void *, struct client *) = arriving ? part->arrive : part->admit;
    client->next = part->next;
    if (hook && hook(s, part->data, client) == CLIENT_TAKEN) return 0;
  }
  client->next = s->parts;
  return 1;
}

static int arrive(struct server *s, struct client *client)
{
  if (client->stage != STAGE_ARRIVING) return 1;
  if (!passes_parts(s, client, 1)) return 0;
  client->stage = STAGE_ARRIVED;
  return 1;
}

static int admit(struct server *s, struct client *client)
{
  if (client->stage == STAGE_ADMITTED) return 1;
  if (!passes_parts(s, client, 0)) return 0;
  client->stage = STAGE_ADMITTED;
  return 1;
}

/* ---- identify ---- */

static int identify(struct server *s, struct client *client)
{
  struct refusal r = { .reason = REASON_UNIDENTIFIED };
  if (client->identified) return 1;
  if (s->family->identify(s->context, client) == 0)
  {
    server_find_source(s, client);
    return client->identified = 1;
  }
  if (is_shortage(errno)) hold_begin(s, client, "identify a client", errno);
  else
  {
    report_unidentified(s, errno);
    server_refuse(s, client, &r);
  }
  return 0;
}

/* ---- limits ---- */

/* Some of those we count may have ended without our knowing: look before refusing. */
static uint32_t count_surely(struct server *s, struct source const *source, uint32_t most)
{
  uint32_t count = server_count_of(s, source);
  if (count < most || !s->sweep.wanted) return count;
  server_reap_source(s, sources_find(&s->sources, source));
  return server_count_of(s, source);
}

/* why: the limit, for the log. */
static int exceeds_source(struct server *s, struct client const *client, uint32_t most, char const *why, struct refusal *r)
{
  uint32_t count;
  if (client->exempt) return 0;
  count = count_surely(s, &client->source, most);
  if (count < most) return 0;
  r->reason = REASON_SOURCE;
  r->why = why;
  r->count = count;
  return 1;
}

static int exceeds_parts(struct server *s, struct client *client, struct refusal *r)
{
  struct part *part = s->parts;
  for (; part; part = part->next)
    if (part->limit && part->limit(s, part->data, client, r)) return 1;
  return 0;
}

/* 1, 0, or -1 with errno: the first part that does not let the client in decides. */
static int judge(struct server *s, struct client const *client, struct verdict *v, struct refusal *r)
{
  struct part *part = s->parts;
  int judged = 1;
  for (; part && judged == 1; part = part->next)
    if (part->judge) judged = part->judge(s, part->data, client, v, r);
  return judged;
}

/* Where a general limit is exceeded, a rule that has one of its own decides: its turn comes later. */
static int has_own_limit(struct server *s, struct client const *client, enum reason reason)
{
  struct verdict v = { .environment = 0 };
  struct refusal r = { .why = 0 };
  judge(s, client, &v, &r);
  switch (reason)
  {
    case REASON_SOURCE : return v.has_max_per_source;
    case REASON_RATE : case REASON_PENALTY : return v.has_rate;
    default : return 0;
  }
}

static int is_refused(struct server *s, struct client *client, struct refusal const *r)
{
  if (has_own_limit(s, client, r->reason)) return 0;
  if (r->only_report) server_only_report(s, client, r);
  else server_refuse(s, client, r);
  return !r->only_report;
}

/* Only where clients are refused then: otherwise none gets here. */
static int exceeds_all(struct server *s, struct client *client)
{
  struct refusal r = { .reason = REASON_FULL, .why = "full (-c)" };
  if (!s->refuses_when_full || !server_is_full(s)) return 0;
  server_refuse(s, client, &r);
  return 1;
}

static int within_limits(struct server *s, struct client *client)
{
  struct refusal of_parts = { .why = 0 }, of_source = { .why = 0 };
  if (client->slot != SOURCE_NONE) return 1;
  if (exceeds_all(s, client)) return 0;
  if (exceeds_parts(s, client, &of_parts) && is_refused(s, client, &of_parts)) return 0;
  return !exceeds_source(s, client, s->max_per_source, s->source_limit_words, &of_source) || !is_refused(s, client, &of_source);
}

/* ---- rules ---- */

static int exceeds_rule(struct server *s, struct client const *client, struct verdict const *v, struct refusal *r)
{
  if (!v->has_max_per_source || client->slot != SOURCE_NONE) return 0;
  return exceeds_source(s, client, v->max_per_source, "source (CONNMAX of its rule)", r);
}

/* Returns true if the client may be served. A rule that cannot be read lets no client in; where only a shortage
   keeps it from being read, the client waits outside. */
static int may_come_in(struct server *s, struct client *client, struct verdict *v)
{
  struct refusal r = { .reason = REASON_RULES };
  int judged = judge(s, client, v, &r);
  if (judged == 1 && r.only_report) server_only_report(s, client, &r);
  if (judged == 1 && !exceeds_rule(s, client, v, &r)) return 1;
  if (judged == -1 && is_shortage(errno))
  {
    hold_begin(s, client, "read the access rules", errno);
    return 0;
  }
  if (judged == -1) r = (struct refusal){ .reason = REASON_UNJUDGED };
  server_refuse(s, client, &r);
  return 0;
}

/* ---- launch ---- */

/* What the rule that let this client in wants of its launch. The slot keeps copies: the rules may change
   before the child has left our memory. */
static int launch_rule(struct launch *launch, struct verdict const *v)
{
  if (v->environment_length && launch_modify(launch, v->environment, v->environment_length) == -1) return -1;
  return v->exec ? launch_script(launch, v->exec, v->exec_length) : 0;
}

static pid_t launch(struct server *s, struct client *client, struct verdict const *v, uint32_t count)
{
  struct launch *launch;
  if (children_reserve(&s->children) == -1 || server_reserve_slot(s) == -1) return -1;
  launch = launcher_slot(&s->launcher);
  if (!launch) return -1;
  s->family->environment(launch, s->context, client, count);
  parts_environment(s, launch, client);
  if (launch_rule(launch, v) == -1) return -1;
  client->fd = launcher_bring(&s->launcher, client->fd);
  return launcher_go(&s->launcher, launch, client->fd);
}

static void cannot_launch(struct server *s, struct client *client, int e)
{
  if (launcher_may_wait(&s->launcher, e))
  {
    hold_begin(s, client, "launch", e);
    return;
  }
  s->counters.launch_failures++;
  if (report_failure(s, e)) launcher_search(&s->launcher);
  if (client->slot != SOURCE_NONE) server_release_slot(s, client->slot);
  server_close_client(client);
}

static void start(struct server *s, struct client *client, struct verdict const *v)
{
  uint32_t count = server_count_of(s, &client->source) + (client->slot == SOURCE_NONE);
  pid_t pid = launch(s, client, v, count);
  if (pid == -1)
  {
    cannot_launch(s, client, errno);
    return;
  }
  if (client->slot == SOURCE_NONE) server_take_slot(s, client);
  children_add(&s->children, pid, client->slot, (uint32_t)clock_millis());
  s->counters.launched++;
  parts_launched(s, client, pid);
  report_accepted(s, client, pid, count);
  server_note_launch(s, pid);  /* which may find that it has ended: the log has its beginning before its end */
  launcher_release(&s->launcher, client->fd);
  server_forget_client(client);
  if (server_is_full(s)) report_full(s);
}

void server_serve(struct server *s, struct client *client)
{
  struct verdict v = { .environment = 0 };
  if (!arrive(s, client)) return;
  if (!identify(s, client)) return;
  if (!within_limits(s, client)) return;
  if (!may_come_in(s, client, &v)) return;
  if (!admit(s, client)) return;
  start(s, client, &v);
}

void server_retry(struct server *s)
{
  struct client client;
  int e;
  if (hold_release(s, &client))
  {
    server_serve(s, &client);
    if (!s->hold.paused) hold_ease(s);
  }
  else if ((e = launcher_waits(&s->launcher))) hold_begin(s, 0, "launch", e);
}
