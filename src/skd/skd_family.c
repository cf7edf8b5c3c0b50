/* Who a stream client of skd is: a TCP address, or a process at the other end of a Unix-domain socket. */

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include "ipc_family.h"
#include "local_address.h"
#include "peer.h"
#include "skd.h"
#include "tcp_family.h"

/* A source that is a user: no client has a multicast address. */
enum { USER_MARK = 0xff };

static char const *const variables[] =
{
  "PROTO", "TCPLOCALIP", "TCPLOCALPORT", "TCPREMOTEIP", "TCPREMOTEPORT", "TCPCONNNUM",
  "TCPLOCALHOST", "TCPREMOTEHOST", "TCPREMOTEINFO",
  "UDPLOCALIP", "UDPLOCALPORT", "UDPREMOTEIP", "UDPREMOTEPORT",
  "UNIXLOCALPATH", "UNIXREMOTEPATH", "PEERPID", "PEERUID", "PEERGID", 0
};

static struct skd const *skd_of(struct server const *s)
{
  return s->companion->data;
}

/* A connection that is reset already has no options to set: the program will notice. */
static void send_at_once(int fd)
{
  int on = 1;
  if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == -1) return;
}

static int identify(struct server const *s, struct client *client)
{
  if (client->listener->local.sa.any.sa_family != AF_UNIX)
  {
    if (skd_of(s)->no_delay) send_at_once(client->fd);
    return tcp_identify(s, client);
  }
  if (peer_ids(client->fd, &client->uid, &client->gid, &client->pid) == -1) return -1;
  client->local = client->listener->local;
  memset(client->source.bytes, 0, sizeof client->source.bytes);
  client->source.bytes[0] = USER_MARK;
  memcpy(client->source.bytes + 8, &client->uid, sizeof client->uid);
  return 0;
}

static int is_local(struct client const *client)
{
  return client->local.sa.any.sa_family == AF_UNIX;
}

static void put_client(struct text *t, struct client const *client)
{
  if (is_local(client)) ipc_put_client(t, client);
  else tcp_put_client(t, client);
}

static void put_source(struct text *t, struct server const *s, struct source const *source)
{
  uid_t uid;
  if (source->bytes[0] != USER_MARK)
  {
    tcp_put_source(t, s, source);
    return;
  }
  memcpy(&uid, source->bytes + 8, sizeof uid);
  text_string(t, "uid:");
  text_number(t, uid);
}

static void put_listener(struct text *t, struct listener const *l)
{
  if (l->local.sa.any.sa_family == AF_UNIX) ipc_put_listener(t, l);
  else tcp_put_listener(t, l);
}

static void environment(struct launch *launch, struct server const *s, struct client const *client, uint32_t count)
{
  if (!is_local(client))
  {
    tcp_environment(launch, s, client, count);
    return;
  }
  launch_set(launch, "PROTO", "UNIX-STREAM");
  local_put(launch_begin(launch, "UNIXLOCALPATH"), &client->local);
  launch_end(launch);
  if (client->pid) launch_set_number(launch, "PEERPID", (uint64_t)client->pid);
  launch_set_number(launch, "PEERUID", client->uid);
  launch_set_number(launch, "PEERGID", client->gid);
}

struct family const skd_family =
{
  .accepted = "accept",
  .variables = variables,
  .identify = &identify,
  .put_client = &put_client,
  .put_source = &put_source,
  .put_listener = &put_listener,
  .environment = &environment
};
