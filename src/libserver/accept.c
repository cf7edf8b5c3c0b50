/* Accept, identify, judge, limit, launch. */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/config.h>
#include <skalibs/djbunix.h>

#include "server.h"

static void let_go(struct client *client)
{
  fd_close(client->fd);
  client->fd = -1;
}

/* What the rule that let this client in wants of its launch. The slot keeps copies: the rules may change
   before the child has left our memory. */
static int launch_rule(struct launch *launch, struct verdict const *v)
{
  if (v->environment_length && launch_modify(launch, v->environment, v->environment_length) == -1) return -1;
  return v->exec ? launch_script(launch, v->exec, v->exec_length) : 0;
}

static pid_t launch(struct server *s, struct client const *client, struct verdict const *v, uint32_t count)
{
  struct launch *launch;
  if (children_reserve(&s->children) == -1 || sources_reserve(&s->sources) == -1) return -1;
  launch = launcher_slot(&s->launcher);
  if (!launch) return -1;
  s->family->environment(launch, s, client, count);
  if (v && launch_rule(launch, v) == -1) return -1;
  return launcher_go(&s->launcher, launch, client->fd);
}

static void start(struct server *s, struct client *client, struct verdict const *v, uint32_t count)
{
  pid_t pid = launch(s, client, v, count);
  if (pid == -1)
  {
    int e = errno;
    if (is_shortage(e))
    {
      hold_begin(s, client, "launch", e);
      return;
    }
    report_failure(s, e);
    let_go(client);
    return;
  }
  children_add(&s->children, pid, sources_add(&s->sources, &client->source));
  report_accepted(s, client, pid, count);
  server_launched(s, pid);  /* which may find that it has ended: the log says so behind its beginning */
  let_go(client);
  if (server_is_full(s)) report_full(s);
}

static uint32_t count_of(struct server const *s, struct source const *source)
{
  uint32_t entry = sources_find(&s->sources, source);
  return entry == SOURCE_NONE ? 0 : s->sources.entries[entry].count;
}

/* Some of those we count may have ended without our knowing: look before refusing. */
static uint32_t count_surely(struct server *s, struct source const *source)
{
  uint32_t count = count_of(s, source);
  if (count < s->max_per_source || !s->sweep.wanted) return count;
  server_reap_source(s, sources_find(&s->sources, source));
  return count_of(s, source);
}

/* Returns true if it is known who the client is. */
static int identify(struct server *s, struct client *client)
{
  if (client->identified) return 1;
  if (s->family->identify(s, client) == 0) return client->identified = 1;
  if (is_shortage(errno)) hold_begin(s, client, "identify a client", errno);
  else
  {
    report_unidentified(s, errno);
    let_go(client);
  }
  return 0;
}

/* Returns true if the client may be served. A rule that cannot be read opens no door; where only a shortage
   keeps it from being read, the client waits outside. */
static int judge(struct server *s, struct client *client, struct verdict *v)
{
  memset(v, 0, sizeof *v);
  switch (s->judge(s->rules, client, v))
  {
    case 1 : return 1;
    case 0 : break;
    default :
      if (!is_shortage(errno)) break;
      hold_begin(s, client, "read the access rules", errno);
      return 0;
  }
  report_judged(s, client);
  let_go(client);
  return 0;
}

/* From here on the client is launched, held or refused. */
void server_serve(struct server *s, struct client *client)
{
  struct verdict v;
  uint32_t count;
  if (!identify(s, client)) return;
  count = count_surely(s, &client->source);
  if (count >= s->max_per_source)
  {
    report_refused(s, client, count);
    let_go(client);
  }
  else if (!s->judge) start(s, client, 0, count + 1);
  else if (judge(s, client, &v)) start(s, client, &v, count + 1);
}

/* accept(2): errors that were pending on the new connection are reported by accept, and mean nothing for
   the listener. */
static int is_passing(int e)
{
  switch (e)
  {
    case EINTR : case ECONNABORTED : case EPROTO : case ENETDOWN : case ENOPROTOOPT : case EHOSTDOWN :
    case EHOSTUNREACH : case ENETUNREACH : case ETIMEDOUT : case ECONNRESET : case EPERM :
#ifdef ENONET
    case ENONET :
#endif
      return 1;
    default : return 0;
  }
}

static int is_fatal(int e)
{
  return e == EBADF || e == EINVAL || e == ENOTSOCK || e == EOPNOTSUPP;
}

/* What never stops to pass (a sandbox that forbids accept says EPERM each time) would have us spin. */
static int passes(struct server *s, int e)
{
  return is_passing(e) && ++s->passing <= ACCEPT_BURST;
}

/* Returns false if there is nothing more to accept now. */
static int accept_one(struct server *s, struct listener const *l, struct client *client, int hung_up)
{
  client->listener = l;
  client->identified = 0;
  client->uid = (uid_t)-1;
  client->gid = (gid_t)-1;
  client->pid = 0;
  client->fd = platform_accept(l->fd, &client->remote);
  if (client->fd != -1)
  {
    s->passing = 0;
    if (s->hold.episode) hold_eased(s);
    return 1;
  }
  /* A Unix listener that was shut down reports a hang-up for ever while accept says EAGAIN. */
  if (errno == EAGAIN || errno == EWOULDBLOCK)
  {
    if (hung_up) server_die(s, "accept: the listener was shut down", EINVAL);
    s->passing = 0;
    return 0;
  }
  if (is_fatal(errno)) server_die(s, "accept", errno);
  if (passes(s, errno)) return 1;
  hold_begin(s, 0, "accept", errno);
  return 0;
}

void server_accept(struct server *s, struct listener const *l, int hung_up)
{
  struct client client;
  unsigned int n = 0;
  for (; n < s->burst && !server_is_full(s) && !s->hold.paused; n++)
  {
    if (!accept_one(s, l, &client, hung_up)) return;
    if (client.fd != -1) server_serve(s, &client);
  }
}
