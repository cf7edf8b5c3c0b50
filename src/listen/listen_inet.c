/* Internet listeners: look up, bind the first address that can be had, announce. */

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include <skalibs/allreadwrite.h>

#include "backlog.h"
#include "bind_inet.h"
#include "host_addresses.h"
#include "chain.h"
#include "die.h"
#include "fds.h"
#include "listen_inet.h"
#include "announcement.h"

static void settings_read(struct inet_settings *s, struct opts const *o, int type)
{
  memset(s, 0, sizeof *s);
  s->type = type;
  if (type == SOCK_STREAM) s->backlog = backlog_read(o);
  if (type == SOCK_STREAM) liveness_read(&s->liveness, o);
  /* For UDP it would let a second server take the messages of the first. */
  s->reuse_address = opts_switch(o, "reuse-address", "no-reuse-address", type == SOCK_STREAM);
  s->reuse_port = opts_has(o, "reuse-port");
  s->bind_to_any = opts_has(o, "bind-to-any");
  s->combine4and6 = opts_has(o, "combine4and6");
}

/* An IPv6 wildcard that serves both versions, where there is IPv6; only then the IPv4 one is worth a try:
   if the port is taken, half of what was asked for would be worse than nothing. */
static int is_final(struct host_addresses const *c, int e)
{
  return c->every && e != EAFNOSUPPORT && e != EADDRNOTAVAIL;
}

static int is_written_as(struct address const *a, char const *host)
{
  char space[ADDRESS_TEXT_MAX];
  struct text ip = TEXT_IN(space);
  address_put(&ip, a);
  return !strcmp(text_end(&ip), host);
}

static void die_unbound(struct address const *a, char const *problem, char const *host, char const *service)
{
  char space[ADDRESS_TEXT_MAX + 256];
  struct text words = TEXT_IN(space);
  int e = errno;
  text_string(&words, host);
  text_string(&words, " (");
  address_put(&words, a);
  text_string(&words, ")");
  text_end(&words);
  errno = e;
  bind_inet_die(problem, is_written_as(a, host) ? host : words.s, service, a);
}

static void bind_first(struct host_addresses const *c, int fd, struct inet_settings *s, char const *host, char const *service)
{
  char const *problem = 0;
  size_t i = 0;
  for (; i < c->count; i++)
  {
    s->combine4and6 = c->list[i].sa.any.sa_family == AF_INET6 && (s->combine4and6 || c->every);
    if (bind_inet(fd, s, &c->list[i], &problem) == 0) return;
    if (is_final(c, errno) || i + 1 == c->count) die_unbound(&c->list[i], problem, host, service);
  }
}

static void announce_port(int fd)
{
  struct address bound;
  char space[ADDRESS_TEXT_MAX];
  struct text line = TEXT_IN(space);
  bound.length = sizeof bound.sa;
  if (getsockname(fd, &bound.sa.any, &bound.length) == -1) die_system("get the address of the socket");
  text_number(&line, address_port(&bound));
  text_string(&line, "\n");
  if (allwrite(1, line.s, line.length) < line.length) die_system("write to stdout");
}

void listen_inet(struct opts const *o, int type, char const *const *words)
{
  struct inet_settings settings;
  struct host_addresses addresses;
  struct announcement announcement;

  require_program(words + 2);
  if (opts_has(o, "announce") && !fd_is_open(1)) die_usage("option --announce was given and stdout is closed");
  settings_read(&settings, o, type);
  announcement_plan(&announcement, o);
  host_addresses_find(&addresses, o, type, words[0], words[1]);

  bind_first(&addresses, announcement.fd, &settings, words[0], words[1]);
  announcement_make(&announcement);
  if (opts_has(o, "announce")) announce_port(announcement.fd);
  chain_become(words + 2);
}
