/* The client: connects to a TCP server, finds out who is at the ends, then becomes the next program. */

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#include "chain.h"
#include "client.h"
#include "client_host.h"
#include "deadline.h"
#include "die.h"
#include "ident.h"
#include "number.h"
#include "proxy_send.h"
#include "tcp_opts.h"

/* Names after connecting are a courtesy: wait at most 5 seconds. */
enum { NAMES_LIMIT = 5000 };

struct client
{
  unsigned int verbosity;
  int no_delay;
  struct host_settings host;
  uint64_t deadline;
};

static int prepare(int fd, int family, void const *context)
{
  struct client const *c = context;
  int on = 1;
  (void)family;
  return c->no_delay ? setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) : 0;
}

/* Seconds and milliseconds set the same limit: the last one given counts. */
static uint64_t read_deadline(struct opts const *o)
{
  struct given const *g = opts_last(o, "deadline", "timeout");
  if (!g) return NO_DEADLINE;
  if (!strcmp(g->opt->name, "timeout")) return deadline_after(opts_number(o, "timeout", 0));
  return deadline_after(1000 * opts_number(o, "deadline", 0));
}

static void read_options(struct client *c, struct opts const *o)
{
  int only6 = opts_switch(o, "ipv6", "ipv4", -1);
  c->verbosity = client_verbosity(o);
  c->no_delay = opts_switch(o, "no-delay", "delay", 0);
  c->host.family = only6 == -1 ? AF_UNSPEC : only6 ? AF_INET6 : AF_INET;
  c->host.numeric = opts_has(o, "numeric-host");
  c->host.dns.hosts = opts_has(o, "hosts");
  c->host.dns.search = opts_switch(o, "search", "no-search", 0);
  c->deadline = read_deadline(o);
}

static void say_connected(struct address const *remote)
{
  char ip_space[ADDRESS_TEXT_MAX], port_space[8];
  struct text ip = TEXT_IN(ip_space), port = TEXT_IN(port_space);
  address_put(&ip, remote);
  text_number(&port, address_port(remote));
  strerr_warni("connected to ", text_end(&ip), " port ", text_end(&port));
}

/* Returns the connection. */
static int connect_to(struct race *race, struct client const *c, char const *host, char const *port)
{
  uint64_t number;
  int fd;
  number_parse(port, 10, 65535, &number);
  race->prepare = &prepare;
  race->context = c;
  require_host(race, host, (uint16_t)number, &c->host, c->deadline);
  fd = race_run(race, c->deadline);
  if (fd != -1) return fd;
  if (c->verbosity) race_warn(race);
  race_die(race, host);
}

/* TCPREMOTEINFO: the answer, empty if there was none, or unset if it was not looked up. */
static void set_info(struct client const *c, int wanted, struct address const *local, struct address const *remote,
  uint64_t deadline)
{
  char space[IDENT_LINE_MAX];
  struct text user = TEXT_IN(space);
  if (wanted && ident_ask(&user, local, remote, deadline) != IDENT_USER)
  {
    user.length = 0;
    if (c->verbosity > 1) strerr_warnw("the server's host did not name the owner of the connection");
  }
  chain_env("TCPREMOTEINFO", wanted ? text_end(&user) : 0);
}

/* A name that was looked up is complete, which its final dot shows. */
static void set_found(char const *variable, struct client const *c, struct dns_query *q)
{
  if (q->outcome == DNS_FOUND) chain_env(variable, strcat(q->name, "."));
  else
  {
    if (c->verbosity > 1) strerr_warnw("no name for ", variable, ": ", q->reason);
    chain_env(variable, 0);
  }
}

static void set_names(struct client const *c, char const *local_name, struct address const *local,
  struct address const *remote, uint64_t deadline)
{
  struct dns_query questions[2];
  chain_env("TCPLOCALHOST", local_name);
  chain_env("TCPREMOTEHOST", 0);
  if (c->host.numeric) return;
  dns_ask_name(&questions[0], remote);
  dns_ask_name(&questions[1], local);
  dns_resolve(&c->host.dns, questions, local_name ? 1 : 2, deadline);
  set_found("TCPREMOTEHOST", c, &questions[0]);
  if (!local_name) set_found("TCPLOCALHOST", c, &questions[1]);
}

/* Nothing here is fatal: there is a connection. Names come first, because a firewall that swallows questions
   about users is more common than a name server that is gone. */
static void look_around(struct client const *c, struct opts const *o, struct address const *local,
  struct address const *remote)
{
  uint64_t deadline = deadline_sooner(c->deadline, deadline_after(NAMES_LIMIT));
  set_names(c, opts_value(o, "local-name", 0), local, remote, deadline);
  set_info(c, opts_switch(o, "remote-info", "no-remote-info", 0), local, remote, deadline);
}

int main(int argc, char const *const *argv)
{
  struct opts given;
  struct client client;
  struct race race = RACE_OF(SOCK_STREAM);
  struct address from, local, remote;
  int fd;
  (void)argc;

  argv = opts_parse(&given, &tcp_opts, TCP_CLIENT, argv);
  require_operand("port", argv[1], &kind_port);
  require_program(argv + 2);
  read_options(&client, &given);
  attempt_parse(opts_value(&given, "attempt-timeout", "2+58"), &race.attempt_limit);
  race.local_port = (uint16_t)opts_number(&given, "local-port", 0);
  if (opts_has(&given, "local-address"))
  {
    client_local_address(&from, opts_value(&given, "local-address", 0));
    race.local = &from;
  }

  client_begin();
  fd = connect_to(&race, &client, argv[0], argv[1]);
  client_ends(fd, &race.attempts[race.last].remote, &local, &remote);
  if (client.verbosity > 1) say_connected(&remote);
  proxy_send(&given, fd);
  client_environment("TCP", &local, &remote);
  look_around(&client, &given, &local, &remote);
  client_descriptors(fd);
  chain_become(argv + 2);
}
