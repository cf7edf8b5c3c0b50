/* What a connector hands to the next program: see client.h. */

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include <skalibs/djbunix.h>

#include "chain.h"
#include "client.h"
#include "die.h"
#include "fds.h"

unsigned int client_verbosity(struct opts const *o)
{
  unsigned int verbosity = 1;
  size_t i = 0;
  for (; i < o->count; i++)
    switch (o->given[i].opt->letter)
    {
      case 'q' : if (verbosity) verbosity--; break;
      case 'Q' : verbosity = 1; break;
      case 'v' : verbosity++; break;
    }
  return verbosity;
}

void client_local_address(struct address *a, char const *word)
{
  if (address_parse(a, word, 0) == 0) return;
  address_die("--local-address", word, "an IPv4 or IPv6 address");
}

void client_begin(void)
{
  if (fds_ensure_standard() == -1) die_system("open standard descriptors");
}

void client_descriptors(int fd)
{
  if (fd_move(CLIENT_READ, fd) == -1 || uncoe(CLIENT_READ) == -1 || fd_copy(CLIENT_WRITE, CLIENT_READ) == -1)
    die_system("put the connection on descriptors 6 and 7");
}

/* A peer that has gone already has no name any more; and one reached by a wildcard has another. */
void client_ends(int fd, struct address const *tried, struct address *local, struct address *remote)
{
  memset(local, 0, sizeof *local);
  memset(remote, 0, sizeof *remote);
  local->length = remote->length = sizeof remote->sa;
  if (getsockname(fd, &local->sa.any, &local->length) == -1) die_system("get the local address of the connection");
  if (getpeername(fd, &remote->sa.any, &remote->length) == -1) *remote = *tried;
}

void client_variable(char const *proto, char const *what, char const *value)
{
  char space[32];
  struct text name = TEXT_IN(space);
  text_string(&name, proto);
  text_string(&name, what);
  chain_env(text_end(&name), value);
}

static void set_address(char const *proto, char const *ip, char const *port, struct address const *a)
{
  char space[ADDRESS_TEXT_MAX];
  struct text value = TEXT_IN(space);
  address_put(&value, a);
  client_variable(proto, ip, text_end(&value));
  value.length = 0;
  text_number(&value, address_port(a));
  client_variable(proto, port, text_end(&value));
}

void client_environment(char const *proto, struct address const *local, struct address const *remote)
{
  chain_env("PROTO", proto);
  set_address(proto, "LOCALIP", "LOCALPORT", local);
  set_address(proto, "REMOTEIP", "REMOTEPORT", remote);
}
