/* The part that shows the counters: a process that connects to its socket gets them, and the connection is closed. It reads nothing and
   never waits, and answers a few times a turn at most: nothing that comes here can stop the service. */

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <skalibs/djbunix.h>

#include "die.h"
#include "engine.h"
#include "file_same.h"
#include "local_address.h"
#include "parts.h"
#include "state.h"
#include "status_socket.h"
#include "status_text.h"

enum { ANSWERS = 4, PATIENCE = 100 };  /* in a turn; milliseconds to leave it alone where it cannot be accepted from */

struct status
{
  struct part part;
  int fd;
  time_t started;
  uint64_t again_at;  /* clock_millis(); 0: at once */
  struct stat file;   /* of its path, to be removed at the end */
  char path[LOCAL_TEXT_MAX];  /* "": none is removed */
  int is_given;               /* by --status-fd: the same number is expected after an upgrade */
  char space[STATUS_TEXT_MAX];
};

static void answer(struct server *s, struct status *x, int fd)
{
  struct text t = TEXT_IN(x->space);
  status_text(&t, s, x->started);
  send(fd, t.s, t.length, MSG_DONTWAIT | MSG_NOSIGNAL);
  fd_close(fd);
}

static void attend(struct server *s, void *data, struct pollfd const *p)
{
  struct status *x = data;
  struct address remote;
  unsigned int n = 0;
  if (!p || !p->revents) return;
  for (; n < ANSWERS; n++)
  {
    int fd = platform_accept(x->fd, &remote);
    if (fd != -1) answer(s, x, fd);
    else if (errno == EAGAIN || errno == EWOULDBLOCK) return;
    else break;
  }
  if (n < ANSWERS) x->again_at = clock_millis() + PATIENCE;
}

static void prepare(struct server *s, void *data, struct pollfd *p, uint64_t *when)
{
  struct status *x = data;
  (void)s;
  if (x->again_at && clock_millis() >= x->again_at) x->again_at = 0;
  clock_sooner(when, x->again_at);
  p->fd = x->again_at ? -1 : x->fd;
  p->events = POLLIN;
}

/* The new program opens a socket of its own where the old one did. */
static char const *save(struct server *s, void *data, struct state *st)
{
  struct status const *x = data;
  (void)s;
  if (x->is_given) state_keep(st, x->fd);
  state_word(st, x->part.name);
  state_number(st, (uint64_t)x->started);
  state_line(st);
  return 0;
}

static void resume(struct server *s, void *data, char const *values)
{
  struct status *x = data;
  uint64_t started;
  (void)s;
  if (state_take_number(&values, &started)) x->started = (time_t)started;
}

/* Where this user may not remove it, the next start finds that no process serves it any more. */
static void at_exit(struct server *s, void *data)
{
  struct status *x = data;
  struct stat now;
  (void)s;
  if (x->path[0] && lstat(x->path, &now) == 0 && file_is_same(&now, &x->file)) unlink(x->path);
}

static int socket_of(struct server *s)
{
  char const *number = opts_value(s->opts, "status-fd", 0);
  int fd = s->family->status_fd ? s->family->status_fd(s->context) : -1;
  if (number) return (int)opts_number(s->opts, "status-fd", 0);
  return fd == -1 ? status_socket_open(s->opts) : fd;
}

static void remember_path(struct status *x, struct address const *a)
{
  struct text t = TEXT_IN(x->path);
  if (local_is_abstract(a)) return;
  local_put(&t, a);
  text_end(&t);
  if (lstat(x->path, &x->file) == -1 || !S_ISSOCK(x->file.st_mode)) x->path[0] = 0;
}

static void require_unix_listener(struct status *x)
{
  struct address a = { .length = sizeof a.sa };
  int listens = 0;
  socklen_t size = sizeof listens;
  if (getsockopt(x->fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == -1 || !listens ||
      getsockname(x->fd, &a.sa.any, &a.length) == -1 || a.sa.any.sa_family != AF_UNIX)
    die_usage("--status-fd must be a Unix-domain socket that listens");
  remember_path(x, &a);
  if (ndelay_on(x->fd) == -1 || coe(x->fd) == -1) die_system("set the flags of the status socket");
}

void part_status(struct server *s)
{
  int fd = socket_of(s);
  struct status *x;
  if (fd == -1) return;
  x = calloc(1, sizeof *x);
  if (!x) die_system("allocate memory");
  x->fd = fd;
  x->is_given = opts_has(s->opts, "status-fd");
  x->started = time(0);
  require_unix_listener(x);
  x->part = (struct part){
    .name = "status",
    .data = x,
    .descriptors = 1,
    .prepare = &prepare,
    .attend = &attend,
    .at_exit = &at_exit,
    .save = &save,
    .resume = &resume
  };
  server_add_part(s, &x->part);
}
