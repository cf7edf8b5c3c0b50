/* Who a stream client of skd is: a TCP address, or a process at the other end of a Unix-domain socket. */

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "local_address.h"
#include "local_family.h"
#include "skd.h"
#include "tcp_family.h"

static char const *const variables[] =
{
  "PROTO", "TCPLOCALIP", "TCPLOCALPORT", "TCPREMOTEIP", "TCPREMOTEPORT", "TCPCONNNUM",
  "TCPLOCALHOST", "TCPREMOTEHOST", "TCPREMOTEINFO",
  "UDPLOCALIP", "UDPLOCALPORT", "UDPREMOTEIP", "UDPREMOTEPORT",
  "UNIXLOCALPATH", "UNIXREMOTEPATH", "PEERPID", "PEERUID", "PEERGID", 0
};

/* A connection that is reset already has no options to set: the program will notice. */
static void send_at_once(int fd)
{
  int on = 1;
  if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == -1) return;
}

static int identify(void *context, struct client *client)
{
  struct skd const *k = context;
  if (client->listener->local.sa.any.sa_family != AF_UNIX)
  {
    if (k->no_delay) send_at_once(client->fd);
    return tcp_identify(context, client);
  }
  return local_identify(context, client);
}

static int is_local(struct client const *client)
{
  return !address_is_ip(&client->remote);
}

static void put_client(struct text *t, struct client const *client)
{
  if (is_local(client)) local_put_client(t, client);
  else tcp_put_client(t, client);
}

static void put_listener(struct text *t, struct listener const *l)
{
  if (l->local.sa.any.sa_family == AF_UNIX) local_put_listener(t, l);
  else tcp_put_listener(t, l);
}

static void environment(struct launch *launch, void *context, struct client const *client, uint32_t count)
{
  if (!is_local(client))
  {
    tcp_environment(launch, context, client, count);
    return;
  }
  launch_set(launch, "PROTO", "UNIX-STREAM");
  local_put(launch_begin(launch, "UNIXLOCALPATH"), &client->local);
  launch_end(launch);
  if (client->pid) launch_set_number(launch, "PEERPID", (uint64_t)client->pid);
  launch_set_number(launch, "PEERUID", client->uid);
  launch_set_number(launch, "PEERGID", client->gid);
}

static int status_fd(void *context)
{
  return ((struct skd const *)context)->status_fd;
}

struct family const skd_family =
{
  .accepted = "accept",
  .variables = variables,
  .limits = { "max-clients", "max-per-source", CLIENTS_CEILING, 0 },
  .identify = &identify,
  .put_client = &put_client,
  .put_listener = &put_listener,
  .status_fd = &status_fd,
  .environment = &environment
};
