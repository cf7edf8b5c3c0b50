/* Binding everything that -i, -l, -x, -t and -u name: see sockets.h.

   A port without a host is two sockets, one for each family, not one for both: what a child gets is then
   an IPv4 or an IPv6 socket, as programs of either kind expect. */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <skalibs/djbunix.h>

#include "bind_inet.h"
#include "bind_local.h"
#include "die.h"
#include "endpoint.h"
#include "sockets.h"

enum { DEFAULT_BACKLOG = 10, PORT_TRIES = 16 };

/* -s and -d are about the -i, -l and -x that follow; those before the first of them take it too. */
static int style_at(struct opts const *o, struct given const *g)
{
  char style = 0;
  size_t i = 0;
  for (; i < o->count && !(style && &o->given[i] > g); i++)
    if (o->given[i].opt->letter == 's' || o->given[i].opt->letter == 'd') style = o->given[i].opt->letter;
  return style == 'd' ? SOCK_DGRAM : SOCK_STREAM;
}

static int type_of(struct opts const *o, struct given const *g)
{
  switch (g->opt->letter)
  {
    case 't' : return SOCK_STREAM;
    case 'u' : return SOCK_DGRAM;
    default : return style_at(o, g);
  }
}

int sockets_wanted(struct opts const *o, char const *letters, int type)
{
  size_t i = 0;
  for (; i < o->count; i++)
  {
    char letter = o->given[i].opt->letter;
    if (letter && strchr(letters, letter) && (!type || type_of(o, &o->given[i]) == type)) return 1;
  }
  return 0;
}

/* So that the file can be distinguished from another one that has its name later. */
static void note_file(struct bound *b, char const *path)
{
  struct stat st;
  if (lstat(path, &st) == -1) return;  /* an abstract name has none */
  b->device = st.st_dev;
  b->inode = st.st_ino;
}

static struct bound *add(struct sockets *s, int fd, int type, int announced)
{
  struct bound *b = realloc(s->all, (s->count + 1) * sizeof *b);
  if (!b) die_system("allocate memory");
  s->all = b;
  b += s->count++;
  b->fd = fd;
  b->type = type;
  b->announced = announced;
  b->local.length = sizeof b->local.sa;
  if (coe(fd) == -1 || getsockname(fd, &b->local.sa.any, &b->local.length) == -1) die_system("get the address of a socket");
  b->device = 0;
  b->inode = 0;
  return b;
}

/* A number that is free, until a socket is moved there. */
static int require_place(void)
{
  int fd = fcntl(0, F_DUPFD_CLOEXEC, 3);
  if (fd == -1) die_system("get a descriptor");
  return fd;
}

/* ---- Unix-domain ---- */

static void bind_path(struct sockets *s, struct opts const *o, int type, char const *path)
{
  struct local_settings settings = LOCAL_SETTINGS;
  int fd = require_place();
  settings.type = type;
  settings.backlog = type == SOCK_STREAM ? (int)opts_number(o, "backlog", DEFAULT_BACKLOG) : 0;
  settings.has_mode = !!opts_value(o, "mode", 0);
  settings.mode = (mode_t)opts_octal(o, "mode", 0);
  bind_local_or_die(fd, &settings, path);
  note_file(add(s, fd, type, 0), path);
}

/* ---- internet ---- */

struct plan
{
  struct inet_settings settings;
  struct endpoint endpoint;
  struct address *addresses;
  size_t count;
  int any_port;  /* the system chooses one, the same for all addresses */
};

static void die_unbound(struct address const *a, char const *problem)
{
  char space[ADDRESS_TEXT_MAX + 16];
  struct text t = TEXT_IN(space);
  address_put(&t, a);
  text_string(&t, " port ");
  text_number(&t, address_port(a));
  die_system(problem, text_end(&t));
}

static void set_port(struct address *a, uint16_t port)
{
  if (a->sa.any.sa_family == AF_INET) a->sa.in4.sin_port = htons(port);
  else a->sa.in6.sin6_port = htons(port);
}

/* The machine may lack a family, or one of the addresses of a name. */
static int is_absent(int e)
{
  return e == EAFNOSUPPORT || e == EADDRNOTAVAIL;
}

static int bind_once(struct inet_settings const *settings, struct address const *a, char const **problem)
{
  int fd = require_place();
  if (bind_inet(fd, settings, a, problem) == 0) return fd;
  fd_close(fd);
  return -1;
}

/* A datagram socket that programs of an skd have kept beyond its end allows another one: datagrams_leave(). Ours does so
   for no longer than it takes to bind it, or any user could bind the port again and get what is sent to it. */
static int bind_one(struct plan const *p, struct address const *a, char const **problem)
{
  struct inet_settings settings = p->settings;
  int fd = bind_once(&settings, a, problem), off = 0;
  if (fd != -1 || errno != EADDRINUSE || settings.type != SOCK_DGRAM) return fd;
  settings.reuse_address = 1;
  fd = bind_once(&settings, a, problem);
  if (fd != -1 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &off, sizeof off) == -1) die_system("keep others from the address");
  return fd;
}

static void unbind_after(struct sockets *s, size_t count)
{
  while (s->count > count) fd_close(s->all[--s->count].fd);
}

/* Returns false if the port that the system chose for one address is taken at another. */
static int bind_each(struct sockets *s, struct plan *p, int last_try)
{
  size_t before = s->count, i = 0;
  uint16_t port = 0;
  for (; i < p->count; i++)
  {
    struct address *a = &p->addresses[i];
    char const *problem;
    int fd;
    if (p->any_port) set_port(a, port);
    fd = bind_one(p, a, &problem);
    if (fd == -1)
    {
      int others = s->count > before || i + 1 < p->count;
      if (is_absent(errno) && others) continue;
      if (errno != EADDRINUSE || !port || last_try) die_unbound(a, problem);
      unbind_after(s, before);
      return 0;
    }
    add(s, fd, p->settings.type, p->any_port && !port);
    if (p->any_port) port = address_port(&s->all[s->count - 1].local);
  }
  return 1;
}

/* [::] takes IPv4 clients too, unless another socket has that port, and may be there for them. */
static int is_alone(struct opts const *o, struct given const *g, struct endpoint const *e)
{
  struct endpoint other;
  size_t i = 0;
  if (!strcmp(e->port, "0")) return 1;
  for (; i < o->count; i++)
  {
    struct given const *h = &o->given[i];
    if (h == g || !h->opt->letter || !strchr("itu", h->opt->letter)) continue;
    if (type_of(o, h) != type_of(o, g) || endpoint_parse(&other, h->argument) == -1) continue;
    if (!strcmp(other.port, e->port)) return 0;
  }
  return 1;
}

static void bind_endpoint(struct sockets *s, struct opts const *o, struct given const *g)
{
  struct plan p = { .settings = { .type = type_of(o, g) } };
  int tries = PORT_TRIES;
  if (endpoint_parse(&p.endpoint, g->argument) == -1) die_bug("unchecked endpoint");
  p.settings.backlog = p.settings.type == SOCK_STREAM ? (int)opts_number(o, "backlog", DEFAULT_BACKLOG) : 0;
  p.settings.reuse_address = p.settings.type == SOCK_STREAM;
  if (p.settings.type == SOCK_STREAM) liveness_read(&p.settings.liveness, o);
  p.count = require_endpoint(&p.endpoint, p.settings.type, &p.addresses);
  p.any_port = !address_port(&p.addresses[0]);
  if (p.endpoint.host[0] && p.addresses[0].sa.any.sa_family == AF_INET6 && address_is_wildcard(&p.addresses[0]))
    p.settings.combine4and6 = is_alone(o, g, &p.endpoint);
  while (!bind_each(s, &p, tries <= 1)) tries--;
  free(p.addresses);
}

void sockets_bind(struct sockets *s, struct opts const *o)
{
  size_t i = 0;
  s->all = 0;
  s->count = 0;
  for (; i < o->count; i++)
    switch (o->given[i].opt->letter)
    {
      case 'l' : case 'x' : bind_path(s, o, type_of(o, &o->given[i]), o->given[i].argument); break;
      case 'i' : case 't' : case 'u' : bind_endpoint(s, o, &o->given[i]); break;
      default : break;
    }
}

char *sockets_ready(struct sockets const *s)
{
  enum { LONGEST = 6 };  /* a port and a newline */
  struct text t = { .max = LONGEST * s->count + 1 };
  size_t i = 0;
  t.s = malloc(t.max);
  if (!t.s) die_system("allocate memory");
  for (; i < s->count; i++)
  {
    if (!s->all[i].announced) continue;
    text_number(&t, address_port(&s->all[i].local));
    text_string(&t, "\n");
  }
  text_end(&t);
  if (t.length) return t.s;
  free(t.s);
  return 0;
}
