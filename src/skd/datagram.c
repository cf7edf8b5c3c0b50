/* Waiting for datagrams and for the programs that take them: see datagram.h. */

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <skalibs/gccattributes.h>

#include "clock.h"
#include "die.h"
#include "datagram.h"
#include "datagram_report.h"
#include "local_address.h"
#include "tcp_family.h"

enum { REST = 250 };  /* milliseconds between two starts for the same datagram */

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
    d->all[d->count].device = s->all[i].device;
    d->all[d->count].inode = s->all[i].inode;
    datagram_adopt(&d->all[d->count++].socket, s->all[i].fd, &s->all[i].local);
  }
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
    launch_set_address(l, "UDPLOCALIP", "UDPLOCALPORT", &first->target);
    launch_set_address(l, "UDPREMOTEIP", "UDPREMOTEPORT", &first->sender);
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
  struct launch *l = launcher_slot(server_launcher(s));
  if (!l) return -1;
  environment(l, &d->first);
  return launcher_go(server_launcher(s), l, d->socket.fd);
}

/* The program may only have moved, or be about to come back. */
static void cannot_launch(struct server *s, struct datagram_service *d, int error)
{
  if (!is_shortage(error)) launcher_search(server_launcher(s));
  datagram_complain(s, d, error);
  rest(d, d->started);
}

static void start(struct server *s, struct datagram_service *d)
{
  pid_t pid;
  d->started = clock_millis();
  pid = launch(s, d);
  if (pid == -1)
  {
    cannot_launch(s, d, errno);
    return;
  }
  d->owner = pid;
  datagram_report_start(s, d);
}

static int is_again(int e)
{
  return e == EAGAIN || e == EWOULDBLOCK;
}

static gccattr_noreturn void die_spoiled(struct server *s, char const *why)
{
  char space[128];
  struct text t = TEXT_IN(space);
  text_string(&t, "receive: ");
  text_string(&t, why);
  server_die(s, text_end(&t), 0);
}

/* A program that has ended may have left others with the socket: so not only when it ends. */
static void take(struct server *s, struct datagram_service const *d)
{
  char const *spoiled = datagram_take(&d->socket);
  if (!spoiled && datagram_shut(&d->socket) == SHUT_ENTIRELY) spoiled = "a program has shut the socket down";
  if (spoiled) die_spoiled(s, spoiled);
}

/* Internet sockets that are shut down for reading still get datagrams, but look ready for ever. */
static void replace_if_shut(struct server *s, struct datagram_service const *d)
{
  if (datagram_shut(&d->socket) == NOT_SHUT) return;
  if (d->socket.local.sa.any.sa_family == AF_UNIX) die_spoiled(s, "a program has shut the socket down");
  if (datagram_renew(&d->socket) == 0) take(s, d);
}

/* An error that a socket reports once is about a datagram that some program sent, and hides ours. One that
   stays is looked at 4 times a second, and so is a socket that calls again and again and has nothing. Once, it was a
   datagram with a wrong checksum. */
static int peek(struct server *s, struct datagram_service const *d, struct datagram *first)
{
  take(s, d);
  if (datagram_peek(&d->socket, first) == 0) return 0;
  if (!is_again(errno) && datagram_peek(&d->socket, first) == 0) return 0;
  if (is_again(errno)) replace_if_shut(s, d);
  return -1;
}

static void look(struct server *s, struct datagram_service *d)
{
  int was_in_vain = d->in_vain;
  d->in_vain = peek(s, d, &d->first) == -1;
  if (!d->in_vain) start(s, d);
  else if (was_in_vain) rest(d, clock_millis());
}

void datagrams_prepare(struct datagrams *d, struct pollfd *p, uint64_t *when)
{
  int closed = server_is_closed(d->server);
  unsigned int i = 0;
  for (; i < d->count; i++)
  {
    struct datagram_service const *one = &d->all[i];
    p[i].fd = closed || one->owner || one->rest_until ? -1 : one->socket.fd;
    p[i].events = POLLIN;
    if (!closed && !one->owner) clock_sooner(when, one->rest_until);
  }
}

void datagrams_attend(struct datagrams *d, struct pollfd const *p, uint64_t now)
{
  unsigned int i = 0;
  for (; i < d->count && !server_is_closed(d->server); i++)
  {
    struct datagram_service *one = &d->all[i];
    if (one->owner) continue;
    if (one->rest_until && now >= one->rest_until) one->rest_until = 0;
    else if (p && p[i].fd != -1 && p[i].revents) look(d->server, one);
  }
}

/* The program may have left what it was started for: then it is not started for that at once again. */
static void resume(struct server *s, struct datagram_service *d, int error)
{
  struct datagram now;
  d->owner = 0;
  d->rest_until = 0;
  if (error)
  {
    cannot_launch(s, d, error);
    return;
  }
  if (peek(s, d, &now) == -1 || !datagram_same(&now, &d->first)) return;
  rest(d, d->started);
  datagram_complain(s, d, 0);
}

int datagrams_ended(struct datagrams *d, pid_t pid, int status, int error)
{
  unsigned int i = 0;
  for (; i < d->count; i++)
  {
    struct datagram_service *one = &d->all[i];
    if (one->owner != pid) continue;
    datagram_report_end(d->server, one, status);
    resume(d->server, one, error);
    return 1;
  }
  return 0;
}

int datagrams_busy(struct datagrams const *d)
{
  unsigned int i = 0;
  for (; i < d->count; i++)
    if (d->all[i].owner) return 1;
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

void datagrams_leave(struct datagrams *d)
{
  unsigned int i = 0;
  for (; i < d->count; i++) datagram_leave(&d->all[i].socket, d->all[i].device, d->all[i].inode);
}
