/* The common part of the acceptors: see acceptor.h. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "acceptor.h"
#include "chain.h"
#include "die.h"
#include "listenfds.h"
#include "tcp_family.h"

/* The same list without one of its names. */
static char const *const *without(char const *const *variables, char const *name)
{
  size_t n = 0, kept = 0;
  char const **list;
  while (variables[n]) n++;
  list = malloc((n + 1) * sizeof *list);
  if (!list) die_system("allocate memory");
  for (n = 0; variables[n]; n++)
    if (strcmp(variables[n], name)) list[kept++] = variables[n];
  list[kept] = 0;
  return list;
}

/* The same for every client, however long: so it is inherited, not set for each. */
static void name_local_side(struct acceptor *a, char const *variable, char const *value)
{
  a->named = !!value;
  if (!value) return;
  a->family.variables = without(a->family.variables, variable);
  chain_env(variable, value);
}

/* Without an announcement, or with one that is no number, there is one listener. */
static void adopt(struct server *s)
{
  int n = listenfds_count();
  int is_malformed = n == -1 && errno == EINVAL;
  if (is_malformed) strerr_warnw(listenfds_problem(EINVAL), ": serving descriptor 3");
  if (!n || is_malformed) server_adopt(s, LISTENFDS_START);
  else server_adopt_announced(s);
}

void acceptor_configure(struct acceptor *a, struct family const *family, struct opts const *o, char const *named)
{
  a->family = *family;
  a->keepalives = a->no_delay = a->kill_ip_options = -1;
  name_local_side(a, named, opts_value(o, "localname", 0));
  a->family.limits = (struct limit_options){ "connection-limit", "local-limit", CLIENTS_DEFAULT, 0 };
  a->server = server_new(&a->family, a, o);
  adopt(a->server);
}

/* 192.0.2.1:80 or [2001:db8::1]:80 */
static void set_endpoint(struct launch *launch, char const *name, struct address const *a)
{
  char space[ADDRESS_TEXT_MAX];
  struct text ip = TEXT_IN(space);
  struct text *t = launch_begin(launch, name);
  int brackets;
  address_put(&ip, a);
  brackets = !!strchr(text_end(&ip), ':');
  if (brackets) text_string(t, "[");
  text_string(t, space);
  text_string(t, brackets ? "]:" : ":");
  text_number(t, address_port(a));
  launch_end(launch);
}

void acceptor_tcp_environment(struct launch *launch, void *context, struct client const *client, uint32_t count)
{
  tcp_environment(launch, context, client, count);
  set_endpoint(launch, "LOCAL", &client->local);
  set_endpoint(launch, "REMOTE", &client->remote);
}

int acceptor_run(struct acceptor *a, char const *const *argv)
{
  server_program(a->server, argv);
  server_begin(a->server, 0);
  return server_run(a->server);
}
