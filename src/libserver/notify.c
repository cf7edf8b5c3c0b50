/* The part that reports to a service manager (--notify): READY=1 when clients are accepted, STOPPING=1 at the end, as sd_notify(3)
   describes, and RELOADING=1 at an upgrade. It is on only where the manager has set NOTIFY_SOCKET, which no program of a client
   inherits. */

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <skalibs/djbunix.h>

#include "die.h"
#include "engine.h"
#include "local_address.h"
#include "parts.h"

static char const *const variables[] = { "NOTIFY_SOCKET", 0 };

struct notify
{
  struct part part;
  struct address manager;
  int fd;
  int ready;  /* was reported */
};

/* MSG_DONTWAIT: a manager that does not read must not stop the service. */
static void report(struct notify const *x, char const *words)
{
  sendto(x->fd, words, strlen(words), MSG_DONTWAIT | MSG_NOSIGNAL, &x->manager.sa.any, x->manager.length);
}

/* The first time that the loop is about to wait, everything is ready. */
static void prepare(struct server *s, void *data, struct pollfd *p, uint64_t *when)
{
  struct notify *x = data;
  (void)s;
  (void)p;
  (void)when;
  if (x->ready) return;
  x->ready = 1;
  report(x, "READY=1\n");
}

/* An upgrade begins. Its end is reported by READY=1 of the new program. */
static char const *save(struct server *s, void *data, struct state *state)
{
  char space[64];
  struct text t = TEXT_IN(space);
  (void)s;
  (void)state;
  text_string(&t, "RELOADING=1\nMONOTONIC_USEC=");
  text_number(&t, clock_micros());
  text_string(&t, "\n");
  report(data, text_end(&t));
  return 0;
}

static void at_exit(struct server *s, void *data)
{
  struct notify *x = data;
  (void)s;
  report(x, "STOPPING=1\n");
}

void part_notify(struct server *s)
{
  struct notify *x;
  char const *path = getenv("NOTIFY_SOCKET");
  if (!opts_has(s->opts, "notify") || !path || !path[0]) return;
  x = calloc(1, sizeof *x);
  if (!x) die_system("allocate memory");
  if (local_parse(&x->manager, path) == -1) die_system("notify ", path);
  x->fd = socket(AF_UNIX, SOCK_DGRAM, 0);
  if (x->fd == -1 || coe(x->fd) == -1) die_system("make a socket to notify ", path);
  x->part = (struct part){ .name = "notify", .data = x, .prepare = &prepare, .at_exit = &at_exit, .save = &save, .variables = variables };
  server_add_part(s, &x->part);
}
