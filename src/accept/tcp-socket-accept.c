/* The TCP acceptor: a program for each client of the listeners on fd 3 and above. */

#define _GNU_SOURCE  /* IP_OPTIONS */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include "accept_opts.h"
#include "acceptor.h"
#include "chain.h"
#include "tcp_family.h"
#include "via.h"

static int set(int fd, int level, int name, int value)
{
  return setsockopt(fd, level, name, &value, sizeof value);
}

static int has_ip4(struct address const *a)
{
  return a->sa.any.sa_family == AF_INET || address_is_mapped(a);
}

static int identify(void *context, struct client *client)
{
  struct acceptor const *a = context;
  if (tcp_identify(context, client) == -1) return -1;
  if (a->keepalives != -1 && set(client->fd, SOL_SOCKET, SO_KEEPALIVE, a->keepalives) == -1) return -1;
  if (a->no_delay == 1 && set(client->fd, IPPROTO_TCP, TCP_NODELAY, 1) == -1) return -1;
  /* Answers would take the way of the client's source route. */
  if (a->kill_ip_options == 1 && has_ip4(client->via ? &client->via->remote : &client->remote)) return setsockopt(client->fd, IPPROTO_IP, IP_OPTIONS, 0, 0);
  return 0;
}

static char const *const variables[] =
{
  "PROTO", "LOCAL", "REMOTE", "TCPLOCALIP", "TCPLOCALPORT", "TCPREMOTEIP", "TCPREMOTEPORT", "TCPCONNNUM",
  "TCPLOCALHOST", "TCPLOCALINFO", "TCPREMOTEHOST", "TCPREMOTEINFO", 0
};

static struct family const family =
{
  .accepted = "accept",
  .variables = variables,
  .identify = &identify,
  .put_client = &tcp_put_client,
  .put_listener = &tcp_put_listener,
  .environment = &acceptor_tcp_environment
};

int main(int argc, char const *const *argv)
{
  struct opts given;
  struct acceptor acceptor;
  (void)argc;

  argv = opts_parse(&given, &accept_opts, ACCEPT_TCP, argv);
  require_program(argv);

  acceptor_configure(&acceptor, &family, &given, "TCPLOCALHOST");
  acceptor.keepalives = opts_switch(&given, "keepalives", "no-keepalives", -1);
  acceptor.no_delay = opts_has(&given, "no-delay");
  acceptor.kill_ip_options = !opts_has(&given, "no-kill-IP-options");
  require_tcp(acceptor.server);
  return acceptor_run(&acceptor, argv);
}
