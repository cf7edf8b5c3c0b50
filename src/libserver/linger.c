/* The part that ends the connections of programs gently (--linger). It keeps a copy of each connection until its program has ended,
   so that the end of the program, and not its close, is the end of the connection. How a child ends is known at once by a
   descriptor of the process where the system has them; elsewhere SIGCHLD has to do. */

#include <fcntl.h>
#include <stdlib.h>

#include <skalibs/djbunix.h>

#include "die.h"
#include "engine.h"
#include "gentle.h"
#include "parts.h"
#include "platform_watch.h"
#include "state.h"

enum { SECOND = 1000, BATCH = 64, NO_FD = -1 };

struct linger_part
{
  struct part part;
  struct gentle gentle;
  struct children kept;  /* by pid: `source` is the copy of the connection, `start` the descriptor of the process */
  struct platform_watch watch;
};

static void watch_child(struct server *s, struct linger_part *x, pid_t pid, struct child *kept)
{
  int fd = platform_child_fd(pid);
  if (fd != NO_FD) fd = launcher_keep(&s->launcher, fd);
  if (fd != NO_FD && platform_watch_add(&x->watch, fd, (uint64_t)pid) == -1)
  {
    fd_close(fd);
    launcher_kept(&s->launcher);
    fd = NO_FD;
  }
  kept->start = (uint32_t)fd;
}

/* Where descriptors or memory are short, this connection ends as without the option. */
static void launched(struct server *s, void *data, struct client const *client, pid_t pid)
{
  struct linger_part *x = data;
  int copy = children_reserve(&x->kept) == -1 ? NO_FD : fcntl(client->fd, F_DUPFD_CLOEXEC, 3);
  if (copy == NO_FD) return;
  copy = launcher_keep(&s->launcher, copy);
  watch_child(s, x, pid, children_add(&x->kept, pid, (uint32_t)copy, 0));
}

static void forget_process(struct server *s, struct linger_part *x, struct child const *kept)
{
  int fd = (int)kept->start;
  if (fd == NO_FD) return;
  platform_watch_remove(&x->watch, fd);
  fd_close(fd);
  launcher_kept(&s->launcher);
}

static int ended(struct server *s, void *data, struct ended const *e)
{
  struct linger_part *x = data;
  struct child *kept = children_find(&x->kept, e->pid);
  struct client client = { .fd = NO_FD, .slot = SOURCE_NONE };
  if (!kept) return 0;
  client.fd = (int)kept->source;
  forget_process(s, x, kept);
  launcher_kept(&s->launcher);
  children_remove(&x->kept, kept);
  if (!gentle_take(s, &x->gentle, &client)) server_close_client(&client);
  return 0;
}

/* A process descriptor is opened anew: the process is the same. */
static char const *save(struct server *s, void *data, struct state *st)
{
  struct linger_part const *x = data;
  size_t i = 0;
  (void)s;
  for (; i < x->kept.room; i++)
  {
    struct child const *kept = &x->kept.places[i];
    if (!kept->pid) continue;
    state_word(st, x->part.name);
    state_number(st, (uint64_t)kept->pid);
    state_descriptor(st, (int)kept->source);
    state_line(st);
  }
  return 0;
}

static void resume(struct server *s, void *data, char const *values)
{
  struct linger_part *x = data;
  uint64_t pid;
  int fd;
  if (!state_take_number(&values, &pid) || !state_take_descriptor(&values, &fd)) return;
  if (!children_find(&s->children, (pid_t)pid) || children_reserve(&x->kept) == -1) fd_close(fd);
  else watch_child(s, x, (pid_t)pid, children_add(&x->kept, (pid_t)pid, (uint32_t)launcher_keep(&s->launcher, fd), 0));
}

static void prepare(struct server *s, void *data, struct pollfd *p, uint64_t *when)
{
  struct linger_part *x = data;
  (void)s;
  (void)when;
  p->fd = platform_watch_fd(&x->watch);
  p->events = POLLIN;
}

static void attend(struct server *s, void *data, struct pollfd const *p)
{
  struct linger_part *x = data;
  uint64_t pids[BATCH];
  unsigned int n, i = 0;
  if (!p || !p->revents) return;
  n = platform_watch_take(&x->watch, pids, BATCH);
  for (; i < n; i++) server_reap_child(s, (pid_t)pids[i]);
}

void part_linger(struct server *s)
{
  uint64_t seconds = opts_number(s->opts, "linger", 0);
  struct linger_part *x;
  if (!seconds) return;
  x = calloc(1, sizeof *x);
  if (!x) die_system("allocate memory");
  gentle_prepare(s, &x->gentle, seconds * SECOND);
  platform_watch_start(&x->watch);
  x->part = (struct part){ .name = "linger", .data = x, .descriptors = 1, .launched = &launched, .ended = &ended, .prepare = &prepare, .attend = &attend,
    .save = &save, .resume = &resume };
  server_add_part(s, &x->part);
}
