/* Unix-domain acceptors: a program for each client of the listeners on fd 3 and above. */

#include "accept_opts.h"
#include "acceptor.h"
#include "chain.h"
#include "local_acceptor.h"
#include "local_address.h"
#include "local_family.h"

static char const *const variables[] =
{
  "PROTO", "LOCAL", "REMOTE", "UNIXLOCALPATH", "UNIXREMOTEPATH", "UNIXREMOTEPID", "UNIXREMOTEEUID", "UNIXREMOTEEGID",
  "UNIXLOCALUID", "UNIXLOCALGID", "UNIXLOCALPID", 0
};

static void set_name(struct launch *launch, char const *name, struct address const *a)
{
  local_put(launch_begin(launch, name), a);
  launch_end(launch);
}

static int has_path(struct address const *a)
{
  char space[LOCAL_TEXT_MAX];
  struct text name = TEXT_IN(space);
  local_put(&name, a);
  return name.length > 0 && !local_is_abstract(a);
}

/* A client that is not bound to an absolute path is its user: with any other name, it could pass for one. */
static void set_remote(struct launch *launch, struct client const *client)
{
  if (has_path(&client->remote) && client->remote.sa.un.sun_path[0] == '/') set_name(launch, "REMOTE", &client->remote);
  else launch_set_number(launch, "REMOTE", client->uid);
}

static void environment(struct launch *launch, void *context, struct client const *client, uint32_t count)
{
  struct acceptor const *a = context;
  if (client->via)
  {
    acceptor_tcp_environment(launch, context, client, count);
    return;
  }
  launch_set(launch, "PROTO", "UNIX");
  set_name(launch, "LOCAL", &client->local);
  set_remote(launch, client);
  if (!a->named && has_path(&client->local)) set_name(launch, "UNIXLOCALPATH", &client->local);
  if (has_path(&client->remote)) set_name(launch, "UNIXREMOTEPATH", &client->remote);
  launch_set_number(launch, "UNIXREMOTEEUID", client->uid);
  launch_set_number(launch, "UNIXREMOTEEGID", client->gid);
  /* 0: the client lives in a process namespace that we do not see. */
  if (client->pid > 0) launch_set_number(launch, "UNIXREMOTEPID", (uint64_t)client->pid);
}

static struct family const family =
{
  .accepted = "accept",
  .variables = variables,
  .identify = &local_identify,
  .put_client = &local_put_client,
  .put_listener = &local_put_listener,
  .environment = &environment
};

int local_acceptor(unsigned int program, char const *const *argv)
{
  struct opts given;
  struct acceptor acceptor;

  argv = opts_parse(&given, &accept_opts, program, argv);
  require_program(argv);

  acceptor_configure(&acceptor, &family, &given, "UNIXLOCALPATH");
  require_local(acceptor.server);
  return acceptor_run(&acceptor, argv);
}
