/* The part that puts a process between client and program: see between.h.

   A crossing is one such process with its program. It is known by the socket while the process is busy with the client,
   then by the two process ids; the client's slot is free again when both have ended. */

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <skalibs/djbunix.h>

#include "between.h"
#include "die.h"
#include "fds.h"
#include "parts.h"
#include "pending.h"

#define NOBODY UINT32_MAX

struct crossing
{
  uint32_t next_free;
  pid_t process;      /* 0: it has ended */
  pid_t program;      /* 0: not launched yet, or it has ended */
  int fd;             /* the program's end while it is ours, or -1 */
  int keeps_slot;     /* the program has ended, the process not yet */
  uint32_t slot;
  size_t got;         /* bytes of the report, its head included */
  struct between_report head;
  char *bytes;        /* allocated when the head is known */
};

struct crossings
{
  struct part part;
  struct between const *between;
  struct pending_kind kind;
  struct pending_queue *queue;
  struct crossing *all;    /* by number */
  uint32_t room;
  uint32_t first_free;     /* NOBODY: none; the others follow by next_free */
  uint32_t *by_fd;         /* numbers, NOBODY where there is none */
  size_t fds;
  struct children pids;    /* of processes and programs; their state is the number */
};

enum { FIRST_ROOM = 64 };

/* ---- the table ---- */

static uint32_t number_of(struct crossings const *m, int fd)
{
  return (size_t)fd < m->fds ? m->by_fd[fd] : NOBODY;
}

static struct crossing *of_fd(struct crossings const *m, int fd)
{
  uint32_t i = number_of(m, fd);
  return i == NOBODY ? 0 : m->all + i;
}

static int grow(struct crossings *m)
{
  uint32_t room = m->room ? 2 * m->room : FIRST_ROOM;
  struct crossing *larger = realloc(m->all, room * sizeof *larger);
  if (!larger) return -1;
  m->all = larger;
  for (; m->room < room; m->room++)
  {
    m->all[m->room].next_free = m->first_free;
    m->first_free = m->room;
  }
  return 0;
}

static int make_room_for_fd(struct crossings *m, int fd)
{
  size_t fds = (size_t)fd + 1 > 2 * m->fds ? (size_t)fd + FIRST_ROOM : 2 * m->fds;
  uint32_t *larger;
  if ((size_t)fd < m->fds) return 0;
  larger = realloc(m->by_fd, fds * sizeof *larger);
  if (!larger) return -1;
  m->by_fd = larger;
  for (; m->fds < fds; m->fds++) m->by_fd[m->fds] = NOBODY;
  return 0;
}

static void crossing_free(struct crossings *m, uint32_t i)
{
  free(m->all[i].bytes);
  m->all[i].next_free = m->first_free;
  m->first_free = i;
}

/* The socket is no longer ours. */
static void leave_fd(struct crossings *m, uint32_t i)
{
  struct crossing *c = m->all + i;
  m->by_fd[c->fd] = NOBODY;
  c->fd = -1;
  free(c->bytes);
  c->bytes = 0;
}

/* The crossing of a program that could not be run stays, until the number of its socket is used again. */
static void forget_old(struct crossings *m, int fd)
{
  uint32_t i = m->by_fd[fd];
  if (i == NOBODY) return;
  leave_fd(m, i);
  if (!m->all[i].process) crossing_free(m, i);
}

/* NOBODY, with ENOMEM. */
static uint32_t crossing_new(struct crossings *m, int fd)
{
  static struct crossing const fresh = { .fd = -1 };
  uint32_t i;
  if (children_reserve(&m->pids) == -1 || make_room_for_fd(m, fd) == -1) return NOBODY;
  forget_old(m, fd);
  if (m->first_free == NOBODY && grow(m) == -1) return NOBODY;
  i = m->first_free;
  m->first_free = m->all[i].next_free;
  m->all[i] = fresh;
  m->all[i].fd = fd;
  m->by_fd[fd] = i;
  return i;
}

/* ---- the process ---- */

static void be_like_a_new_process(void)
{
  struct sigaction usual = { .sa_handler = SIG_DFL };
  sigset_t none;
  sigemptyset(&usual.sa_mask);
  sigemptyset(&none);
  sigaction(SIGCHLD, &usual, 0);
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
    leave_fd(m, number);
    crossing_free(m, number);
  }
  fd_close(app[0]);
  fd_close(app[1]);
  errno = e;
}

static pid_t start(struct crossings *m, struct client const *client, int const *app)
{
  pid_t pid = fork();
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
  pid = start(m, client, app);
  if (pid == -1 || pending_wait(s, m->queue, &waiting) == -1)
  {
    if (pid != -1) kill(pid, SIGKILL);  /* its number is not recorded: it is reaped as a stranger */
    undo(m, app, number);
    return wait_for_better(s, m, client);
  }
  m->all[number].process = pid;
  children_add(&m->pids, pid, 0, 0)->state = number;
  fd_close(app[1]);
  client->via = 0;  /* these two are of the one that waits */
  client->connection = 0;
  server_close_client(client);
  return CLIENT_TAKEN;
}

/* ---- its report ---- */

static void refuse(struct server *s, struct pending *p, char const *why)
{
  struct refusal r = { .reason = REASON_HANDSHAKE, .why = why };
  struct client client;
  pending_leave(s, p, &client);
  server_refuse(s, &client, &r);
}

/* Reads on, and never beyond the end of the report: what follows is for the program. 1: it is whole, 0: not yet,
   -1: it never will be. */
static int receive(struct crossing *c)
{
  ssize_t r;
  if (c->got < sizeof c->head) r = recv(c->fd, (char *)&c->head + c->got, sizeof c->head - c->got, MSG_DONTWAIT);
  else r = recv(c->fd, c->bytes + (c->got - sizeof c->head), sizeof c->head + c->head.length - c->got, MSG_DONTWAIT);
  if (r == -1 && (errno == EAGAIN || errno == EINTR)) return 0;
  if (r <= 0) return -1;
  c->got += (size_t)r;
  if (c->got < sizeof c->head) return 0;
  if (!c->bytes)
  {
    if (!c->head.length || c->head.length > BETWEEN_REPORT_MAX) return -1;
    c->bytes = malloc(c->head.length + 2);
    if (!c->bytes) return -1;
  }
  if (c->got < sizeof c->head + c->head.length) return 0;
  c->bytes[c->head.length] = c->bytes[c->head.length + 1] = 0;
  return 1;
}

static void go_on(struct server *s, struct crossings *m, struct pending *p, struct crossing *c)
{
  char words[REPEAT_WHY_MAX];
  struct text why = TEXT_IN(words);
  struct client client;
  if (c->head.kind == BETWEEN_READY && m->between->accepts(m->between->context, c->bytes, c->head.length))
  {
    pending_leave(s, p, &client);
    client.facts = c->bytes;
    server_serve(s, &client);
    return;
  }
  if (c->head.kind == BETWEEN_FAILED) text_scrubbed(&why, c->bytes, c->head.length);
  else text_string(&why, "TLS process sent a bad report");
  refuse(s, p, text_end(&why));
}

static void ready(struct server *s, void *data, struct pending *p)
{
  struct crossings *m = data;
  struct crossing *c = of_fd(m, p->client.fd);
  int r = 1;
  while (r == 1 && (c->got < sizeof c->head || c->got < sizeof c->head + c->head.length))
  {
    size_t before = c->got;
    r = receive(c);
    if (r == 0 && c->got > before) r = 1;
    else if (r == 1) break;
    else if (r == 0) return;
  }
  if (r == -1) refuse(s, p, "TLS process died");
  else go_on(s, m, p, c);
}

static void over(struct server *s, void *data, struct pending *p, enum pending_end end)
{
  struct crossing *c = of_fd(data, p->client.fd);
  if (c->process) kill(c->process, SIGKILL);
  refuse(s, p, end == PENDING_LATE ? "TLS handshake timed out" : "TLS handshake gives way");
}

/* ---- afterwards ---- */

static void environment(struct server *s, void *data, struct launch *launch, struct client const *client)
{
  struct crossing const *c = of_fd(data, client->fd);
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
  uint32_t i = number_of(m, client->fd);
  (void)s;
  if (i == NOBODY) return;
  leave_fd(m, i);
  if (!m->all[i].process) crossing_free(m, i);
  else if (children_reserve(&m->pids) == 0)
  {
    m->all[i].program = pid;
    children_add(&m->pids, pid, 0, 0)->state = i;
  }
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
  uint32_t i = number_of(m, client->fd);
  (void)s;
  (void)r;
  if (i == NOBODY) return CLIENT_GOES_ON;
  leave_fd(m, i);
  if (!m->all[i].process) crossing_free(m, i);
  return CLIENT_GOES_ON;
}

/* The processes, and what they share with us, would have to go over as well. */
static char const *save(struct server *s, void *data, struct state *st)
{
  (void)s;
  (void)data;
  (void)st;
  return "with TLS that is not possible yet";
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
  m->kind.enters = m->kind.yields = 1;
  m->kind.data = m;
  m->kind.ready = &ready;
  m->kind.over = &over;
  m->queue = pending_queue(s, &m->kind);
  m->part.name = "between";
  m->part.data = m;
  m->part.admit = &admit;
  m->part.environment = &environment;
  m->part.launched = &launched;
  m->part.ended = &program_ended;
  m->part.child_ended = &process_ended;
  m->part.refused = &refused;
  m->part.save = &save;
  server_add_part(s, &m->part);
}
