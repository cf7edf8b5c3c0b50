/* What s6-tcpserver-access has from its command line and its environment. */

#include <errno.h>
#include <string.h>

#include "client.h"
#include "config.h"
#include "deadline.h"
#include "die.h"
#include "number.h"
#include "tcp_access.h"

/* Several banners follow each other. */
static void read_banner(struct access_settings *s, struct opts const *o)
{
  size_t i = 0;
  for (; i < o->count; i++)
  {
    struct given const *g = &o->given[i];
    size_t length = strcmp(g->opt->name, "banner") ? 0 : strlen(g->argument);
    if (length > sizeof s->banner - s->banner_length) die_usage("--banner must be at most 511 bytes in all");
    if (length) memcpy(s->banner + s->banner_length, g->argument, length);
    s->banner_length += length;
  }
}

static void require_resolver(struct access_settings const *s)
{
  if (SALLYPORT_WITH_DNS) return;
  if (s->paranoid) die_usage("--paranoid was given, and this program was built without DNS");
  if (s->dns.hosts) die_usage("--hosts was given, and this program was built without DNS");
}

void access_configure(struct access *a, struct opts const *o)
{
  struct access_settings *s = &a->settings;
  memset(a, 0, sizeof *a);
  s->verbosity = (unsigned int)opts_number(o, "verbosity", 1);
  s->strict = opts_switch(o, "strict", "lenient", 0);
  s->paranoid = opts_switch(o, "paranoid", "no-paranoid", 0);
  s->ident = opts_switch(o, "remote-info", "no-remote-info", 0);
  s->no_delay = opts_switch(o, "no-delay", "delay", 0);
  s->dns.hosts = opts_has(o, "hosts");
  s->names = SALLYPORT_WITH_DNS && (s->paranoid || !opts_has(o, "no-names"));
  s->local_name = opts_value(o, "local-name", 0);
  require_resolver(s);
  read_banner(s, o);
  a->deadline = deadline_after(opts_number(o, "timeout", 0));
}

static char const *read_end(struct address *a, char const *proto, char const *ip, char const *port)
{
  char const *word = require_variable(proto, ip);
  uint64_t n;
  if (number_parse(require_variable(proto, port), 10, 65535, &n) == -1) die_variable(proto, port, "a port number from 0 to 65535");
  if (address_parse(a, word, (uint16_t)n) == -1) die_variable(proto, ip, "an IPv4 or IPv6 address");
  return word;
}

void access_read_ends(struct access *a)
{
  a->proto = require_proto();
  read_end(&a->local, a->proto, "LOCALIP", "LOCALPORT");
  a->remote_ip = read_end(&a->remote, a->proto, "REMOTEIP", "REMOTEPORT");
}

/* None of these is ever inherited: that would describe another connection. */
void access_set_environment(struct access const *a)
{
  char const *local = a->settings.local_name;
  if (!local && a->local_name[0]) local = a->local_name;
  client_variable(a->proto, "LOCALHOST", local);
  client_variable(a->proto, "REMOTEHOST", a->remote_name[0] ? a->remote_name : 0);
  client_variable(a->proto, "REMOTEINFO", a->has_user ? a->user : 0);
}
