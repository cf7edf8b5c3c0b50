/* The race for a connection: see race.h. */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/socket.h>

#include "deadline.h"
#include "race.h"

/* Where the race stands, apart from the attempts themselves. */
struct progress
{
  unsigned int next;     /* attempt to begin */
  unsigned int running;
  uint64_t next_at;      /* when to begin it, if others are running */
};

enum { NOBODY = -1 };

/* Without the first option a port just used could not be used again for minutes; the second leaves the
   choice of a port to connect(2), which knows more than bind(2) about which ones are free. */
static int bind_local(struct race const *r, int fd, int family)
{
  struct address a;
  int on = 1;
  if (!r->local && !r->local_port) return 0;
  memset(&a, 0, sizeof a);
  if (r->local) a = *r->local;
  else
  {
    a.sa.any.sa_family = (sa_family_t)family;
    a.length = family == AF_INET6 ? sizeof a.sa.in6 : sizeof a.sa.in4;
  }
  a.sa.in4.sin_port = htons(r->local_port);  /* the same place as sin6_port */
  if (r->local_port)
  {
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == -1) return -1;
  }
#ifdef IP_BIND_ADDRESS_NO_PORT
  else setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
#endif
  return bind(fd, &a.sa.any, a.length);
}

/* With a chosen local port a connection to oneself is possible: there is no server. */
static int is_of_itself(struct race const *r, int fd)
{
  struct address local, remote;
  memset(&local, 0, sizeof local);
  memset(&remote, 0, sizeof remote);
  local.length = remote.length = sizeof local.sa;
  if (r->type != SOCK_STREAM) return 0;
  if (getsockname(fd, &local.sa.any, &local.length) == -1 || getpeername(fd, &remote.sa.any, &remote.length) == -1) return 0;
  return local.length == remote.length && !memcmp(&local.sa, &remote.sa, local.length);
}

static int judge(struct race const *r, struct attempt *a, int error)
{
  if (!error && is_of_itself(r, a->fd)) error = ECONNREFUSED;
  a->error = error;
  return error;
}

/* Returns 0 if connected, or an errno: EINPROGRESS if it is not yet known. */
static int begin(struct race const *r, struct attempt *a)
{
  int family = a->remote.sa.any.sa_family;
  a->fd = socket_internal(family, r->type, 0, O_NONBLOCK | O_CLOEXEC);
  if (a->fd == -1) return errno;
  a->deadline = deadline_after(r->attempt_limit);
  if (bind_local(r, a->fd, family) == -1) return errno;
  if (r->prepare && r->prepare(a->fd, family, r->context) == -1) return errno;
  if (connect(a->fd, &a->remote.sa.any, a->remote.length) == 0) return judge(r, a, 0);
  return errno == EINTR ? EINPROGRESS : errno;  /* interrupted, it goes on by itself (POSIX, connect) */
}

static void give_up(struct race *r, struct progress *progress, unsigned int which, int error)
{
  struct attempt *a = &r->attempts[which];
  if (a->fd != -1) fd_close(a->fd);
  a->fd = -1;
  a->error = error;
  r->last = which;
  progress->next_at = 0;  /* one failed: try the next one at once */
}

/* Begins the next attempt. Returns 1 if it has won already. */
static int begin_next(struct race *r, struct progress *progress)
{
  unsigned int which = progress->next++;
  int e = begin(r, &r->attempts[which]);
  r->last = which;
  if (!e) return 1;
  if (e == EINPROGRESS)
  {
    progress->running++;
    progress->next_at = deadline_after(RACE_DELAY);
  }
  else give_up(r, progress, which, e);
  return 0;
}

static void give_up_running(struct race *r, struct progress *progress, unsigned int which, int error)
{
  progress->running--;
  give_up(r, progress, which, error);
}

/* Fills in what to poll, and when something is due. Returns how many. */
static nfds_t gather(struct race const *r, struct progress const *progress, struct pollfd *p, uint64_t *due)
{
  nfds_t n = 0;
  unsigned int i = 0;
  if (progress->next < r->count) *due = deadline_sooner(*due, progress->next_at);
  for (; i < progress->next; i++)
  {
    struct attempt const *a = &r->attempts[i];
    if (a->fd == -1) continue;
    p[n].fd = a->fd;
    p[n].events = POLLOUT;
    p[n++].revents = 0;
    *due = deadline_sooner(*due, a->deadline);
  }
  return n;
}

static struct pollfd const *find_ready(struct pollfd const *p, nfds_t n, int fd)
{
  for (; n; p++, n--)
    if (p->fd == fd && p->revents) return p;
  return 0;
}

static int pending_error(int fd)
{
  int e = 0;
  socklen_t length = sizeof e;
  return getsockopt(fd, SOL_SOCKET, SO_ERROR, &e, &length) == -1 ? errno : e;
}

/* Waits until an attempt has ended or another is due. Returns 1 if one has won. */
static int wait_for_news(struct race *r, struct progress *progress, uint64_t deadline)
{
  struct pollfd p[RACE_MAX];
  uint64_t due = deadline;
  nfds_t n = gather(r, progress, p, &due);
  unsigned int i = 0;
  if (poll(p, n, deadline_left(due)) == -1 && errno != EINTR) return 0;
  for (; i < progress->next; i++)
  {
    struct attempt *a = &r->attempts[i];
    int e;
    if (a->fd == -1) continue;
    if (!find_ready(p, n, a->fd))
    {
      if (deadline_passed(a->deadline)) give_up_running(r, progress, i, ETIMEDOUT);
      continue;
    }
    e = judge(r, a, pending_error(a->fd));
    if (!e)
    {
      r->last = i;
      return 1;
    }
    give_up_running(r, progress, i, e);
  }
  return 0;
}

static int is_time_for_next(struct race const *r, struct progress const *progress)
{
  return progress->next < r->count && (!progress->running || !progress->next_at || deadline_passed(progress->next_at));
}

static int find_winner(struct race *r, uint64_t deadline)
{
  struct progress progress = { 0, 0, 0 };
  while (progress.running || progress.next < r->count)
  {
    if (deadline_passed(deadline)) return NOBODY;
    if (is_time_for_next(r, &progress) ? begin_next(r, &progress) : wait_for_news(r, &progress, deadline)) return (int)r->last;
  }
  return NOBODY;
}

/* Closes what is still running: no server may see a second connection. */
static void close_losers(struct race *r, int winner)
{
  unsigned int i = 0;
  for (; i < r->count; i++)
  {
    struct attempt *a = &r->attempts[i];
    if ((int)i == winner || a->fd == -1) continue;
    fd_close(a->fd);
    a->fd = -1;
    a->error = ETIMEDOUT;
  }
}

int race_run(struct race *r, uint64_t deadline)
{
  int winner, fd;
  if (!r->count) return (errno = EAFNOSUPPORT, -1);
  winner = find_winner(r, deadline);
  close_losers(r, winner);
  if (winner == NOBODY)
  {
    /* The deadline may have come before the last one was even tried. */
    if (!r->attempts[r->last].error) r->attempts[r->last].error = ETIMEDOUT;
    return (errno = r->attempts[r->last].error, -1);
  }
  fd = r->attempts[winner].fd;
  if (ndelay_off(fd) == -1)
  {
    r->attempts[winner].error = errno;
    fd_close(fd);
    return -1;
  }
  return fd;
}
