/* The part that puts a process between client and program: see between.h. */

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <skalibs/djbunix.h>

#include "crossings.h"
#include "die.h"
#include "fds.h"
#include "parts.h"
#include "pending.h"
#include "signals_portable.h"

/* ---- the process ---- */

static void be_like_a_new_process(void)
{
  struct sigaction usual = { .sa_handler = SIG_DFL };
  sigset_t none;
  sigemptyset(&usual.sa_mask);
  sigemptyset(&none);
  sigaction(SIGCHLD, &usual, 0);
  signals_portable_forget();
  sigprocmask(SIG_SETMASK, &none, 0);
}

static void run(struct crossings *m, struct client const *client, int app)
{
  struct between const *b = m->between;
  int keep[16];
  size_t n = 0;
  keep[n++] = client->fd;
  keep[n++] = app;
  while (b->keep && b->keep[n - 2] != -1 && n < sizeof keep / sizeof *keep)
  {
    keep[n] = b->keep[n - 2];
    n++;
  }
  be_like_a_new_process();
  fds_close_except(3, keep, n);
  _exit(b->run(b->context, client, app));
}

/* A shortage at any step: the client is kept, and comes back to this step. */
static enum fate wait_for_better(struct server *s, struct crossings *m, struct client *client)
{
  client->next = &m->part;
  hold_begin(s, client, "start a process for a client", errno);
  return CLIENT_TAKEN;
}

/* Closes what was made, without touching errno. */
static void undo(struct crossings *m, int const *app, uint32_t number)
{
  int e = errno;
  if (number != NOBODY)
  {
    crossing_leave_fd(m, number);
    crossing_free(m, number);
  }
  fd_close(app[0]);
  fd_close(app[1]);
  errno = e;
}

/* The entry that was made last. errno is untouched. */
static void take_back(struct server *s, struct crossings *m)
{
  struct client client;
  int e = errno;
  pending_leave(s, pending_latest(m->queue), &client);
  errno = e;
}

/* The client waits before there is a process: what a process reads is lost to another one. -1 with errno, and it waits no longer. */
static pid_t start(struct server *s, struct crossings *m, struct client const *client, struct client *waiting, int const *app)
{
  pid_t pid;
  if (pending_wait(s, m->queue, waiting) == -1) return -1;
  pid = fork();
  if (pid == -1) take_back(s, m);
  if (!pid)
  {
    close(app[0]);
    run(m, client, app[1]);
  }
  return pid;
}

static enum fate admit(struct server *s, void *data, struct client *client)
{
  struct crossings *m = data;
  struct client waiting = *client;
  int app[2];
  uint32_t number;
  pid_t pid;
  if (m->between->prepare) m->between->prepare(m->between->context, s);
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, app) == -1) return wait_for_better(s, m, client);
  if (coe(app[0]) == -1 || coe(app[1]) == -1 || (number = crossing_new(m, app[0])) == NOBODY)
  {
    undo(m, app, NOBODY);
    return wait_for_better(s, m, client);
  }
  waiting.fd = app[0];
  pid = start(s, m, client, &waiting, app);
  if (pid == -1)
  {
    undo(m, app, number);
    return wait_for_better(s, m, client);
  }
  m->all[number].process = pid;
  m->all[number].waits = 1;
  children_add(&m->pids, pid, 0, 0)->state = number;
  fd_close(app[1]);
  client->via = 0;  /* these two are of the one that waits */
  client->connection = 0;
  server_close_client(client);
  return CLIENT_TAKEN;
}

/* ---- afterwards ---- */

static void environment(struct server *s, void *data, struct launch *launch, struct client const *client)
{
  struct crossing const *c = crossing_of_fd(data, client->fd);
  char const *at = c ? c->bytes : 0, *end = c ? c->bytes + c->head.length : 0;
  (void)s;
  while (at < end && *at)
  {
    char const *equal = strchr(at, '=');
    char name[64];
    struct text text = TEXT_IN(name);
    if (!equal) return;
    text_put(&text, at, (size_t)(equal - at));
    launch_set(launch, text_end(&text), equal + 1);
    at = equal + strlen(equal) + 1;
  }
}

static void launched(struct server *s, void *data, struct client const *client, pid_t pid)
{
  struct crossings *m = data;
  uint32_t i = crossing_number(m, client->fd);
  (void)s;
  if (i == NOBODY) return;
  crossing_leave_fd(m, i);
  if (!m->all[i].process) crossing_free(m, i);
  else if (crossing_add_pid(m, pid, i) == 0) m->all[i].program = pid;
}

/* The crossing of a process id, which is then no longer known. NOBODY: there is none. */
static uint32_t take_pid(struct crossings *m, pid_t pid)
{
  struct child *child = children_find(&m->pids, pid);
  uint32_t number;
  if (!child) return NOBODY;
  number = child->state;
  children_remove(&m->pids, child);
  return number;
}

static int program_ended(struct server *s, void *data, struct ended const *ended)
{
  struct crossings *m = data;
  uint32_t i = take_pid(m, ended->pid);
  (void)s;
  if (i == NOBODY) return 0;
  m->all[i].program = 0;
  if (!m->all[i].process)
  {
    crossing_free(m, i);
    return 0;
  }
  m->all[i].slot = ended->source;
  return m->all[i].keeps_slot = 1;
}

static int process_ended(struct server *s, void *data, struct ended const *ended)
{
  struct crossings *m = data;
  uint32_t i = take_pid(m, ended->pid);
  struct crossing *c;
  if (i == NOBODY) return 0;
  c = m->all + i;
  c->process = 0;
  if (c->keeps_slot) server_release_slot(s, c->slot);
  if (c->fd == -1 && !c->program) crossing_free(m, i);  /* else its end is seen on the socket, or the program's comes */
  return 1;
}

/* Its socket is about to be closed: the process sees that, and ends. */
static enum fate refused(struct server *s, void *data, struct client *client, struct refusal const *r)
{
  struct crossings *m = data;
  uint32_t i = crossing_number(m, client->fd);
  (void)s;
  (void)r;
  if (i == NOBODY) return CLIENT_GOES_ON;
  crossing_leave_fd(m, i);
  if (!m->all[i].process) crossing_free(m, i);
  return CLIENT_GOES_ON;
}

void part_between(struct server *s)
{
  struct between const *b = s->family->between;
  struct crossings *m;
  if (!b) return;
  m = calloc(1, sizeof *m);
  if (!m) die_system("allocate memory");
  m->between = b;
  m->first_free = NOBODY;
  m->kind.limit = b->limit;
  m->kind.enters = m->kind.yields = m->kind.saves = 1;
  m->kind.data = m;
  m->kind.ready = &crossing_ready;
  m->kind.over = &crossing_over;
  m->queue = pending_queue(s, &m->kind);
  m->part.name = "between";
  m->part.data = m;
  m->part.admit = &admit;
  m->part.environment = &environment;
  m->part.launched = &launched;
  m->part.ended = &program_ended;
  m->part.child_ended = &process_ended;
  m->part.refused = &refused;
  m->part.save = &crossings_save;
  m->part.resume = &crossings_resume;
  server_add_part(s, &m->part);
}
