/* TCP clients: addresses, log words, UCSPI variables. */

#include <errno.h>

#include "die.h"
#include "tcp_family.h"

/* The names that an outer layer may have set for another connection go too. */
static char const *const variables[] =
{
  "PROTO", "TCPLOCALIP", "TCPLOCALPORT", "TCPREMOTEIP", "TCPREMOTEPORT", "TCPCONNNUM",
  "TCPLOCALHOST", "TCPREMOTEHOST", "TCPREMOTEINFO", 0
};

int tcp_identify(void *context, struct client *client)
{
  (void)context;
  if (client->via) return 0;
  if (!address_is_ip(&client->remote)) return (errno = EAFNOSUPPORT, -1);
  if (client->listener->specific)
  {
    client->local = client->listener->local;
    return 0;
  }
  client->local.length = sizeof client->local.sa;
  return getsockname(client->fd, &client->local.sa.any, &client->local.length);
}

void tcp_put_client(struct text *t, struct client const *client)
{
  address_put(t, &client->remote);
  text_string(t, "_");
  text_number(t, address_port(&client->remote));
}

void tcp_put_listener(struct text *t, struct listener const *l)
{
  text_string(t, " - bound to ip ");
  address_put(t, &l->local);
  text_string(t, " port ");
  text_number(t, address_port(&l->local));
}

void launch_set_address(struct launch *launch, char const *ip, char const *port, struct address const *a)
{
  address_put(launch_begin(launch, ip), a);
  launch_end(launch);
  launch_set_number(launch, port, address_port(a));
}

void tcp_environment(struct launch *launch, void *context, struct client const *client, uint32_t count)
{
  (void)context;
  launch_set(launch, "PROTO", "TCP");
  launch_set_address(launch, "TCPLOCALIP", "TCPLOCALPORT", &client->local);
  launch_set_address(launch, "TCPREMOTEIP", "TCPREMOTEPORT", &client->remote);
  launch_set_number(launch, "TCPCONNNUM", count);
}

struct family const tcp_family =
{
  .accepted = "accept",
  .variables = variables,
  .limits = { "max-clients", "max-per-source", CLIENTS_DEFAULT, PER_SOURCE_DEFAULT },
  .judged_by = JUDGED_BY_ADDRESS,
  .identify = &tcp_identify,
  .put_client = &tcp_put_client,
  .put_listener = &tcp_put_listener,
  .environment = &tcp_environment
};

void require_tcp(struct server const *s)
{
  unsigned int i = 0;
  for (; i < server_listeners(s); i++)
    if (!address_is_ip(&server_listener(s, i)->local)) die_usage("a listener is not a TCP socket");
}
