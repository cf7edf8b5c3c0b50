/* Talking to the system's log daemon as syslog(3) does: see system_log.h. */

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>

#include <skalibs/djbunix.h>

#include "system_log.h"
#include "text.h"

enum { PATIENCE = 1000, MESSAGE_MAX = 1280 };  /* milliseconds; bytes: the longest line, tag and time included */

static int connect_as(int type)
{
  struct sockaddr_un a = { .sun_family = AF_UNIX, .sun_path = SYSTEM_LOG_SOCKET };
  int fd = socket(AF_UNIX, type, 0);
  if (fd == -1) return -1;
  if (coe(fd) == 0 && ndelay_on(fd) == 0 && connect(fd, (struct sockaddr *)&a, sizeof a) == 0) return fd;
  fd_close(fd);
  return -1;
}

int system_log_connect(struct system_log *s)
{
  s->stream = 0;
  s->fd = connect_as(SOCK_DGRAM);
  if (s->fd == -1 && errno == EPROTOTYPE)
  {
    s->stream = 1;
    s->fd = connect_as(SOCK_STREAM);
  }
  return s->fd == -1 ? -1 : 0;
}

static void disconnect(struct system_log *s)
{
  if (s->fd != -1) fd_close(s->fd);
  s->fd = -1;
}

/* RFC 3164 as log daemons expect it from their own machine: without a host name. */
static void put_head(struct text *t, struct system_log const *s)
{
  char stamp[32];
  time_t now = time(0);
  struct tm parts;
  text_string(t, "<");
  text_number(t, (uint64_t)s->priority);
  text_string(t, ">");
  if (localtime_r(&now, &parts)) text_put(t, stamp, strftime(stamp, sizeof stamp, "%b %e %H:%M:%S ", &parts));
  text_string(t, s->tag);
  text_string(t, ": ");
}

static ssize_t transmit(struct system_log *s, struct text const *t)
{
  struct pollfd p = { .fd = s->fd, .events = POLLOUT };
  ssize_t r = send(s->fd, t->s, t->length, MSG_NOSIGNAL);
  if (r != -1 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != ENOBUFS) || s->late) return r;
  if (poll(&p, 1, PATIENCE) <= 0) return (errno = EAGAIN, -1);
  return send(s->fd, t->s, t->length, MSG_NOSIGNAL);
}

/* A log daemon that was started anew has a new socket under the old name. */
static int deliver(struct system_log *s, struct text const *t)
{
  if (s->fd != -1)
  {
    ssize_t r = transmit(s, t);
    if (r == (ssize_t)t->length) return 1;
    if (r == -1 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS)) return 0;
    disconnect(s);
  }
  if (system_log_connect(s) == -1) return 0;
  return transmit(s, t) == (ssize_t)t->length;
}

static int send_text(struct system_log *s, struct text *t)
{
  int delivered;
  if (s->stream) text_put(t, "", 1);
  delivered = deliver(s, t);
  s->late = !delivered;
  return delivered;
}

static int report_lost(struct system_log *s)
{
  char space[256];
  struct text t = TEXT_IN(space);
  put_head(&t, s);
  text_string(&t, "skd: warning: lost ");
  text_number(&t, s->lost);
  text_string(&t, " log lines: the system log did not take them");
  return send_text(s, &t);
}

void system_log_send(struct system_log *s, char const *line, size_t length)
{
  char space[MESSAGE_MAX];
  struct text t = TEXT_IN(space);
  put_head(&t, s);
  text_put(&t, line, length);
  if (s->lost && report_lost(s)) s->lost = 0;
  if (!send_text(s, &t)) s->lost++;
}
