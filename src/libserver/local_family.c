/* Unix-domain clients: credentials, log words, UCSPI variables. */

#include "die.h"
#include "local_address.h"
#include "local_family.h"
#include "peer.h"
#include "tcp_family.h"

/* A client that a PROXY header names is an IP one: via is not 0. The names that an outer layer may have set for another connection go too. */
static char const *const variables[] =
{
  "PROTO", "IPCLOCALPATH", "IPCREMOTEPATH", "IPCREMOTEEUID", "IPCREMOTEEGID", "IPCREMOTEPID", "IPCCONNNUM", 0
};

int local_identify(void *context, struct client *client)
{
  (void)context;
  if (client->via) return 0;
  client->local = client->listener->local;
  return peer_ids(client->fd, &client->uid, &client->gid, &client->pid);
}

static int identify_anonymous(void *context, struct client *client)
{
  (void)context;
  if (client->via) return 0;
  client->local = client->listener->local;
  client->uid = (uid_t)-1;
  client->gid = (gid_t)-1;
  client->pid = 0;
  return 0;
}

/* No process has the id -1 (setreuid(2)): it means that ids are not looked up. */
static void put_id(struct text *t, uint32_t id)
{
  if (id == (uint32_t)-1) text_string(t, "?");
  else text_number(t, id);
}

void local_put_client(struct text *t, struct client const *client)
{
  if (client->via)
  {
    tcp_put_client(t, client);
    return;
  }
  put_id(t, client->uid);
  text_string(t, ":");
  put_id(t, client->gid);
}

void local_put_listener(struct text *t, struct listener const *l)
{
  char path[LOCAL_TEXT_MAX];
  struct text plain = TEXT_IN(path);
  local_put(&plain, &l->local);
  text_string(t, " - bound to ");
  text_scrubbed(t, plain.s, plain.length);
}

static void set_path(struct launch *launch, char const *name, struct address const *a)
{
  local_put(launch_begin(launch, name), a);
  launch_end(launch);
}

void local_environment(struct launch *launch, void *context, struct client const *client, uint32_t count)
{
  if (client->via)
  {
    tcp_environment(launch, context, client, count);
    return;
  }
  launch_set(launch, "PROTO", "IPC");
  set_path(launch, "IPCLOCALPATH", &client->local);
  set_path(launch, "IPCREMOTEPATH", &client->remote);
  launch_set_number(launch, "IPCCONNNUM", count);
  if (client->uid == (uid_t)-1) return;
  launch_set_number(launch, "IPCREMOTEEUID", client->uid);
  launch_set_number(launch, "IPCREMOTEEGID", client->gid);
  /* 0: the system does not provide it, or the client lives in a process namespace that we do not see. */
  if (client->pid > 0) launch_set_number(launch, "IPCREMOTEPID", (uint64_t)client->pid);
}

struct family const local_family =
{
  .accepted = "allow",
  .variables = variables,
  .limits = { "max-clients", "max-per-source", CLIENTS_DEFAULT, PER_SOURCE_DEFAULT },
  .judged_by = JUDGED_BY_IDS,
  .identify = &local_identify,
  .put_client = &local_put_client,
  .put_listener = &local_put_listener,
  .environment = &local_environment
};

struct family const local_anonymous_family =
{
  .accepted = "allow",
  .variables = variables,
  .limits = { "max-clients", "max-per-source", CLIENTS_DEFAULT, PER_SOURCE_DEFAULT },
  .judged_by = JUDGED_BY_IDS,
  .anonymous = 1,
  .identify = &identify_anonymous,
  .put_client = &local_put_client,
  .put_listener = &local_put_listener,
  .environment = &local_environment
};

void require_local(struct server const *s)
{
  unsigned int i = 0;
  for (; i < server_listeners(s); i++)
    if (server_listener(s, i)->local.sa.any.sa_family != AF_UNIX) die_usage("a listener is not a Unix-domain socket");
}
