/* Waiting for datagrams and for the programs that take them: see datagram.h. */

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "die.h"
#include "datagram.h"
#include "local_address.h"

/* Milliseconds: between two starts for the same datagram, and between two complaints about that. */
enum { REST = 250, COMPLAINT = 60000 };

void datagrams_adopt(struct datagrams *d, struct sockets const *s, struct server *server)
{
  size_t i = 0;
  d->server = server;
  d->count = 0;
  d->all = calloc(s->count + 1, sizeof *d->all);
  if (!d->all) die_system("allocate memory");
  for (; i < s->count; i++)
  {
    if (s->all[i].type != SOCK_DGRAM) continue;
    d->all[d->count].fd = s->all[i].fd;
    d->all[d->count++].local = s->all[i].local;
    datagram_take(s->all[i].fd, &s->all[i].local);
  }
}

/* ---- words ---- */

/* What a sender calls itself is scrubbed: a Unix-domain name may have any bytes. */
static void put_name(struct text *t, struct address const *a)
{
  char space[LOCAL_TEXT_MAX];
  struct text name = TEXT_IN(space);
  if (address_is_ip(a))
  {
    address_put(t, a);
    text_string(t, "_");
    text_number(t, address_port(a));
    return;
  }
  if (a->length) local_put(&name, a);
  if (name.length) text_scrubbed(t, name.s, name.length);
  else text_string(t, "anonymous");
}

void datagrams_report(struct datagrams *d)
{
  unsigned int i = 0;
  if (!log_wants(&d->server->log, LOG_EVENT)) return;
  for (; i < d->count; i++)
  {
    struct text *t = log_begin(&d->server->log, "info");
    text_string(t, "starting - bound for datagrams to ");
    put_name(t, &d->all[i].local);
    log_end(&d->server->log);
  }
}

static void report_received(struct server *s, struct datagram_service const *d)
{
  struct text *t;
  if (!log_wants(&s->log, LOG_EVENT)) return;
  t = log_begin(&s->log, "info");
  text_string(t, "receive ");
  put_name(t, &d->first.sender);
  text_string(t, " pid ");
  text_number(t, (uint64_t)d->owner);
  text_string(t, " at ");
  put_name(t, &d->local);
  log_end(&s->log);
}

static void report_end(struct server *s, struct datagram_service const *d, int status)
{
  struct text *t;
  if (!log_wants(&s->log, LOG_EVENT)) return;
  t = log_begin(&s->log, "info");
  text_string(t, "end pid ");
  text_number(t, (uint64_t)d->owner);
  text_string(t, WIFSIGNALED(status) ? " signal " : " exitcode ");
  text_number(t, (uint64_t)(WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status)));
  text_string(t, " at ");
  put_name(t, &d->local);
  log_end(&s->log);
}

static void put_unread(struct text *t, struct server const *s, struct datagram_service const *d)
{
  text_string(t, s->launcher.argv[0]);
  text_string(t, " ended and left the datagram of ");
  put_name(t, &d->first.sender);
  text_string(t, " at ");
  put_name(t, &d->local);
  text_string(t, " unread");
}

static void put_failure(struct text *t, struct server const *s, int error)
{
  text_string(t, "unable to launch ");
  text_string(t, s->launcher.argv[0]);
  text_string(t, ": ");
  text_string(t, strerror(error));
}

/* Once for many: who sends such a datagram must not fill the log. error 0: the program ran. */
static void complain(struct server *s, struct datagram_service *d, int error)
{
  uint64_t now = server_now();
  struct text *t;
  if (!log_wants(&s->log, LOG_WARNING) || (d->complained && now < d->complained + COMPLAINT)) return;
  d->complained = now;
  t = log_begin(&s->log, "warning");
  if (error) put_failure(t, s, error);
  else put_unread(t, s, d);
  text_string(t, ": trying at most 4 times a second");
  log_end(&s->log);
}

/* ---- the program ---- */

static void set_address(struct launch *l, char const *ip, char const *port, struct address const *a)
{
  address_put(launch_begin(l, ip), a);
  launch_end(l);
  launch_set_number(l, port, address_port(a));
}

static void set_path(struct launch *l, char const *name, struct address const *a)
{
  char space[LOCAL_TEXT_MAX];
  struct text t = TEXT_IN(space);
  if (a->length) local_put(&t, a);
  if (!t.length) return;
  text_put(launch_begin(l, name), t.s, t.length);
  launch_end(l);
}

static void environment(struct launch *l, struct datagram const *first)
{
  if (address_is_ip(&first->target))
  {
    launch_set(l, "PROTO", "UDP");
    set_address(l, "UDPLOCALIP", "UDPLOCALPORT", &first->target);
    set_address(l, "UDPREMOTEIP", "UDPREMOTEPORT", &first->sender);
    return;
  }
  launch_set(l, "PROTO", "UNIX-DGRAM");
  set_path(l, "UNIXLOCALPATH", &first->target);
  set_path(l, "UNIXREMOTEPATH", &first->sender);
  if (!first->pid) return;
  launch_set_number(l, "PEERPID", (uint64_t)first->pid);
  launch_set_number(l, "PEERUID", first->uid);
  launch_set_number(l, "PEERGID", first->gid);
}

static void rest(struct datagram_service *d, uint64_t since)
{
  d->rest_until = since + REST;
}

static pid_t launch(struct server *s, struct datagram_service const *d)
{
  struct launch *l = launcher_slot(&s->launcher);
  if (!l) return -1;
  environment(l, &d->first);
  return launcher_go(&s->launcher, l, d->fd);
}

/* The program may only have moved, or be about to come back. */
static void cannot_launch(struct server *s, struct datagram_service *d, int error)
{
  if (!is_shortage(error)) launcher_search(&s->launcher);
  complain(s, d, error);
  rest(d, d->started);
}

static void start(struct server *s, struct datagram_service *d)
{
  pid_t pid;
  d->started = server_now();
  pid = launch(s, d);
  if (pid == -1)
  {
    cannot_launch(s, d, errno);
    return;
  }
  d->owner = pid;
  report_received(s, d);
}

static int is_again(int e)
{
  return e == EAGAIN || e == EWOULDBLOCK;
}

/* An error that a socket reports once is about a datagram that some program sent, and hides ours. One that
   stays is looked at 4 times a second. */
static void look(struct server *s, struct datagram_service *d)
{
  int r = datagram_peek(d->fd, &d->local, &d->first);
  if (r == -1 && !is_again(errno)) r = datagram_peek(d->fd, &d->local, &d->first);
  if (r == 0) start(s, d);
  else if (!is_again(errno)) rest(d, server_now());
}

/* ---- in the loop ---- */

void datagrams_prepare(struct datagrams *d, struct pollfd *p, uint64_t *when)
{
  unsigned int i = 0;
  for (; i < d->count; i++)
  {
    struct datagram_service const *one = &d->all[i];
    p[i].fd = one->owner || one->rest_until ? -1 : one->fd;
    p[i].events = POLLIN;
    if (!one->owner && one->rest_until && one->rest_until < *when) *when = one->rest_until;
  }
}

void datagrams_attend(struct datagrams *d, struct pollfd const *p, uint64_t now)
{
  unsigned int i = 0;
  for (; i < d->count; i++)
  {
    struct datagram_service *one = &d->all[i];
    if (one->owner) continue;
    if (one->rest_until && now >= one->rest_until) one->rest_until = 0;
    else if (p && p[i].fd != -1 && p[i].revents & POLLHUP) server_die(d->server, "receive: a program has shut the socket down", EPIPE);
    else if (p && p[i].fd != -1 && p[i].revents) look(d->server, one);
  }
}

/* The program may have left what it was started for: then it is not started for that at once again. */
static void resume(struct server *s, struct datagram_service *d, int error)
{
  struct datagram now;
  d->owner = 0;
  d->rest_until = 0;
  datagram_take(d->fd, &d->local);
  if (error)
  {
    cannot_launch(s, d, error);
    return;
  }
  if (datagram_peek(d->fd, &d->local, &now) == -1 || !datagram_same(&now, &d->first)) return;
  rest(d, d->started);
  complain(s, d, 0);
}

int datagrams_ended(struct datagrams *d, pid_t pid, int status, int error)
{
  unsigned int i = 0;
  for (; i < d->count; i++)
  {
    struct datagram_service *one = &d->all[i];
    if (one->owner != pid) continue;
    report_end(d->server, one, status);
    resume(d->server, one, error);
    return 1;
  }
  return 0;
}

void datagrams_reap(struct datagrams *d)
{
  unsigned int i = 0;
  for (; i < d->count; i++)
    if (d->all[i].owner) server_reap_child(d->server, d->all[i].owner);
}

void datagrams_signal(struct datagrams *d, int first, int second)
{
  unsigned int i = 0;
  for (; i < d->count; i++)
  {
    if (!d->all[i].owner) continue;
    kill(d->all[i].owner, first);
    if (second) kill(d->all[i].owner, second);
  }
}
