/* The listeners: sockets that the caller has bound. */

#include <errno.h>
#include <stdlib.h>

#include <skalibs/djbunix.h>
#include <skalibs/types.h>

#include "die.h"
#include "engine.h"
#include "listenfds.h"

static void require_listening(int fd)
{
  char name[INT_FMT];
  int listens = 0;
  socklen_t size = sizeof listens;
  name[int_fmt(name, fd)] = 0;
  if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == -1)
  {
    char const *why = errno == ENOTSOCK ? " is not a socket" : errno == EBADF ? " is not open" : 0;
    if (why) die_usage("fd ", name, why, ": a listening socket is wanted there, as ",
      fd ? "the programs called ...-socket-listen make it" : "the programs called ...-socketbinder make it");
    die_system("use fd ", name);
  }
  if (!listens) die_usage("fd ", name, " is a socket that does not listen");
}

static int has_packets(int fd)
{
  int type = 0;
  socklen_t size = sizeof type;
  if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == -1) die_system("get the type of the listener");
  return type == SOCK_SEQPACKET;
}

void server_adopt(struct server *s, int fd)
{
  struct listener *l;
  require_listening(fd);
  l = realloc(s->listeners, (s->listener_count + 1) * sizeof *l);
  if (!l) die_system("allocate memory");
  s->listeners = l;
  l += s->listener_count++;
  l->fd = fd;
  l->local.length = sizeof l->local.sa;
  if (getsockname(fd, &l->local.sa.any, &l->local.length) == -1) die_system("get the address of the listener");
  l->packets = has_packets(fd);
  l->specific = address_is_ip(&l->local) && !address_is_wildcard(&l->local);
  /* A client that is gone between poll and accept must not make accept wait. */
  if (ndelay_on(fd) == -1 || coe(fd) == -1) die_system("set the flags of the listener");
  parts_adopted(s, l);
}

void server_adopt_announced(struct server *s)
{
  unsigned int n = require_listenfds();
  unsigned int i = 0;
  for (; i < n; i++) server_adopt(s, LISTENFDS_START + (int)i);
}

/* Never shutdown(2): another process may have the same listener. The poll set has no entry of them from now on. */
void server_close_listeners(struct server *s)
{
  unsigned int i = 0;
  for (; i < s->listener_count; i++)
  {
    fd_close(s->listeners[i].fd);
    s->listeners[i].fd = -1;
    s->poll[s->first_listener + i].fd = -1;
    s->poll[s->first_listener + i].revents = 0;
  }
  s->closed = 1;
}

int server_is_closed(struct server const *s)
{
  return s->closed;
}

unsigned int server_listeners(struct server const *s)
{
  return s->listener_count;
}

struct listener const *server_listener(struct server const *s, unsigned int number)
{
  return &s->listeners[number];
}
