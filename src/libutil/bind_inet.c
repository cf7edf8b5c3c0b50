/* Internet sockets, bound and listening: see bind_inet.h. */

#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <skalibs/djbunix.h>

#include "bind_inet.h"
#include "die.h"

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

void require_settings(struct inet_settings const *s, struct address const *a)
{
  if (s->combine4and6 && a->sa.any.sa_family != AF_INET6) die_usage("--combine4and6 needs an IPv6 address");
  if (s->type == SOCK_STREAM) return;
  if (s->mptcp) die_usage("--mptcp is for TCP sockets");
  if (s->defer) die_usage("--defer is for TCP sockets");
}

static int switch_on(int fd, int level, int name)
{
  int on = 1;
  return setsockopt(fd, level, name, &on, sizeof on);
}

/* Asked of a system that has no such thing, an option fails like one that the system refuses. */
static int bind_to_any(int fd)
{
#ifdef IP_FREEBIND
  return switch_on(fd, IPPROTO_IP, IP_FREEBIND);
#else
  (void)fd;
  return (errno = ENOPROTOOPT, -1);
#endif
}

static int bind_to_device(int fd, char const *device)
{
#ifdef SO_BINDTODEVICE
  return setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device, (socklen_t)strlen(device) + 1);
#else
  (void)fd;
  (void)device;
  return (errno = ENOPROTOOPT, -1);
#endif
}

static int defer_accept(int fd, unsigned int seconds)
{
#ifdef TCP_DEFER_ACCEPT
  int n = (int)seconds;
  return setsockopt(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, &n, sizeof n);
#else
  (void)fd;
  (void)seconds;
  return (errno = ENOPROTOOPT, -1);
#endif
}

static char const device_problem[] = "bind to the device ";

/* Returns 0, or the words for the option that could not be set. */
static char const *set_options(int fd, struct inet_settings const *s, int family)
{
  int v6only = !s->combine4and6;
  if (s->reuse_address && switch_on(fd, SOL_SOCKET, SO_REUSEADDR) == -1) return "allow reusing the address for ";
  if (s->reuse_port && switch_on(fd, SOL_SOCKET, SO_REUSEPORT) == -1) return "share the port for ";
  if (s->bind_to_any && bind_to_any(fd) == -1) return "allow foreign addresses for ";
  if (s->device && bind_to_device(fd, s->device) == -1) return device_problem;
  if (s->defer && defer_accept(fd, s->defer) == -1) return "defer accepting for ";
  if (family == AF_INET6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &v6only, sizeof v6only) == -1)
    return "choose the IP versions for ";
  return liveness_set(fd, &s->liveness);
}

static char const *prepare(int fd, struct inet_settings const *s, struct address const *a)
{
  char const *problem = set_options(fd, s, a->sa.any.sa_family);
  if (problem) return problem;
  if (bind(fd, &a->sa.any, a->length) == -1) return "bind to ";
  if (s->backlog && listen(fd, s->backlog) == -1) return "listen to ";
  if (s->nonblocking && ndelay_on(fd) == -1) return "make non-blocking the socket for ";
  return 0;
}

/* A mapped address is an IPv4 one: an IPv6 socket that serves only IPv6 cannot have it. */
int bind_inet(int fd, struct inet_settings const *s, struct address const *wanted, char const **problem)
{
  struct address plain = *wanted;
  struct address const *a = &plain;
  int made;
  if (!s->combine4and6) address_unmap(&plain);
  made = socket(a->sa.any.sa_family, s->type, s->mptcp ? IPPROTO_MPTCP : 0);
  *problem = "create a socket for ";
  if (made == -1) return -1;
  *problem = prepare(made, s, a);
  if (*problem)
  {
    fd_close(made);
    return -1;
  }
  *problem = "move to its descriptor the socket for ";
  return made == fd ? 0 : fd_move(fd, made);
}

void bind_inet_die(char const *problem, char const *host, char const *port, struct address const *a)
{
  int low = errno == EACCES && address_port(a) && address_port(a) < IPPORT_RESERVED;
  strerr_dief(EXIT_SYSTEM, "unable to ", problem, host, " port ", port, ": ", strerror(errno), low ? " (a port below 1024 takes root or the capability)" : "");
}

void bind_inet_or_die(int fd, struct inet_settings const *s, struct address const *a, char const *ip, char const *port)
{
  char const *problem;
  if (bind_inet(fd, s, a, &problem) == 0) return;
  if (problem == device_problem) die_system(problem, s->device, " for ", ip, " port ", port);
  bind_inet_die(problem, ip, port, a);
}
