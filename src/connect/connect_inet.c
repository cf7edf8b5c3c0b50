/* The internet connectors: see connect_inet.h. */

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <skalibs/types.h>

#include "chain.h"
#include "client.h"
#include "connect_opts.h"
#include "deadline.h"
#include "die.h"
#include "connect_inet.h"
#include "lookup.h"
#include "proxy_send.h"

/* What is set on each socket before it connects. */
struct settings
{
  int keepalive;
  int no_delay;
};

static int switch_on(int fd, int level, int name)
{
  int on = 1;
  return setsockopt(fd, level, name, &on, sizeof on);
}

static int prepare(int fd, int family, void const *context)
{
  struct settings const *s = context;
  (void)family;
  if (s->keepalive && switch_on(fd, SOL_SOCKET, SO_KEEPALIVE) == -1) return -1;
  if (s->no_delay && switch_on(fd, IPPROTO_TCP, TCP_NODELAY) == -1) return -1;
  return 0;
}

/* The same option under two names. */
static char const *local_name(struct opts const *o)
{
  struct given const *g = opts_last(o, "local-name", "local-host");
  return g ? g->argument : 0;
}

static void set_environment(char const *proto, char const *name, struct address const *local, struct address const *remote)
{
  client_environment(proto, local, remote);
  client_variable(proto, "LOCALHOST", name);
  client_variable(proto, "LOCALINFO", 0);
  client_variable(proto, "REMOTEHOST", 0);
  client_variable(proto, "REMOTEINFO", 0);
}

static void put_end(struct text *t, struct address const *a)
{
  text_string(t, " ");
  address_put(t, a);
  text_string(t, " ");
  text_number(t, address_port(a));
}

static void say_connected(struct address const *local, struct address const *remote)
{
  char space[2 * ADDRESS_TEXT_MAX + 64];
  struct text t = TEXT_IN(space);
  text_number(&t, (uint64_t)getpid());
  put_end(&t, local);
  put_end(&t, remote);
  strerr_warn(PROG, ": ", text_end(&t));
}

static void read_settings(struct settings *s, struct opts const *o, int type)
{
  s->keepalive = type == SOCK_STREAM && opts_switch(o, "keepalives", "no-keepalives", 0);
  s->no_delay = type == SOCK_STREAM && opts_has(o, "no-delay");
}

static void read_lookup_settings(struct lookup_settings *s, struct opts const *o)
{
  s->numeric_host = opts_has(o, "numeric-host");
  s->numeric_service = opts_has(o, "numeric-service");
  s->check_interfaces = opts_has(o, "check-interfaces");
}

void connect_inet(unsigned int program, int type, char const *proto, char const *const *argv)
{
  struct opts given;
  struct race race = RACE_OF(type);
  struct settings settings;
  struct lookup_settings lookup;
  struct address from, local, remote;
  uint64_t deadline;
  int fd;

  argv = opts_parse(&given, &connect_opts, program, argv);
  require_program(argv + 2);
  read_settings(&settings, &given, type);
  read_lookup_settings(&lookup, &given);
  race.prepare = &prepare;
  race.context = &settings;
  race.local_port = (uint16_t)opts_number(&given, "local-port", 0);
  if (opts_has(&given, "local-address"))
  {
    client_local_address(&from, opts_value(&given, "local-address", 0));
    race.local = &from;
  }

  client_begin();
  deadline = deadline_after(opts_number(&given, "timeout", 0));
  require_service(&race, argv[0], argv[1], &lookup, deadline);
  fd = race_run(&race, deadline);
  if (fd == -1) race_die(&race, argv[0]);
  client_ends(fd, &race.attempts[race.last].remote, &local, &remote);
  proxy_send(&given, fd);
  set_environment(proto, local_name(&given), &local, &remote);
  client_descriptors(fd);
  if (opts_has(&given, "verbose")) say_connected(&local, &remote);
  chain_become(argv + 2);
}
