/* Reads the options that every daemon shares, and makes the server. */

#include <stdlib.h>

#include "daemon_opts.h"
#include "die.h"
#include "engine.h"
#include "resume.h"

static unsigned int verbosity(struct opts const *o)
{
  if (opts_offers(o, "verbosity")) return (unsigned int)opts_number(o, "verbosity", LOG_WARNING);
  return opts_has(o, "verbose") ? LOG_EVENT : LOG_WARNING;
}

/* 0 means 1 for a limit: that is what the wrappers have always made of it. */
static uint32_t limit(struct opts const *o, char const *name, uint32_t absent)
{
  uint32_t n = (uint32_t)opts_number(o, name, absent);
  return n ? n : 1;
}

static void put_source_limit(struct server *s)
{
  struct text t = TEXT_IN(s->source_limit_words);
  text_string(&t, "source (-C ");
  text_number(&t, s->max_per_source);
  text_string(&t, ")");
  text_end(&t);
}

static void read_limits(struct server *s, struct limit_options const *l)
{
  s->max_clients = limit(s->opts, l->clients, l->clients_absent);
  s->unlimited = l->clients_absent == CLIENTS_CEILING && !opts_has(s->opts, l->clients);
  s->max_per_source = limit(s->opts, l->per_source, l->per_source_absent ? l->per_source_absent : s->max_clients);
  if (s->max_per_source > s->max_clients || s->family->anonymous) s->max_per_source = s->max_clients;
  put_source_limit(s);
}

static unsigned int prefix(struct opts const *o, char const *name, unsigned int absent)
{
  return opts_offers(o, name) ? (unsigned int)opts_number(o, name, absent) : absent;
}

struct server *server_new(struct family const *family, void *context, struct opts const *o)
{
  struct server *s = calloc(1, sizeof *s);
  require_engine_opts(o);
  if (!s) die_system("allocate memory");
  s->family = family;
  s->context = context;
  s->opts = o;
  s->burst = 1;
  s->hold.client.fd = -1;
  s->prefix4 = prefix(o, "source-prefix4", PREFIX4_DEFAULT);
  s->prefix6 = prefix(o, "source-prefix6", PREFIX6_DEFAULT);
  read_limits(s, &family->limits);
  sources_start(&s->sources);
  log_start(&s->log, verbosity(o));
  resume_open(s);
  parts_configure(s);
  return s;
}
