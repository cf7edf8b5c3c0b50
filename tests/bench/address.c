/* Addresses of the benchmark: parse, listen, connect. Kept apart from the project's own libraries
   on purpose, so that what measures shares no code with what is measured. */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "address.h"

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif

static int invalid(void)
{
  errno = EINVAL;
  return -1;
}

static int parse_path(struct address *a, char const *path)
{
  struct sockaddr_un *un = (struct sockaddr_un *)&a->where;
  size_t len = strlen(path);
  if (!len || len >= sizeof un->sun_path) return invalid();
  un->sun_family = AF_UNIX;
  memcpy(un->sun_path, path, len + 1);
  a->family = AF_UNIX;
  a->len = sizeof *un;
  return 0;
}

static int parse_ip(struct address *a, char const *ip, in_port_t port)
{
  struct sockaddr_in *in4 = (struct sockaddr_in *)&a->where;
  struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&a->where;
  if (inet_pton(AF_INET, ip, &in4->sin_addr) == 1)
  {
    in4->sin_family = AF_INET;
    in4->sin_port = htons(port);
    a->family = AF_INET;
    a->len = sizeof *in4;
    return 0;
  }
  memset(&a->where, 0, sizeof a->where);
  if (inet_pton(AF_INET6, ip, &in6->sin6_addr) != 1) return invalid();
  in6->sin6_family = AF_INET6;
  in6->sin6_port = htons(port);
  a->family = AF_INET6;
  a->len = sizeof *in6;
  return 0;
}

int address_parse(struct address *a, char const *text)
{
  char ip[INET6_ADDRSTRLEN + 2];
  char const *colon;
  char *end;
  size_t len;
  long port;
  memset(a, 0, sizeof *a);
  if (!strncmp(text, "unix:", 5)) return parse_path(a, text + 5);
  if (strncmp(text, "tcp:", 4)) return invalid();
  text += 4;
  colon = strrchr(text, ':');
  if (!colon || colon == text || (size_t)(colon - text) >= sizeof ip) return invalid();
  port = strtol(colon + 1, &end, 10);
  if (*end || end == colon + 1 || port < 1 || port > 65535) return invalid();
  len = (size_t)(colon - text);
  if (text[0] == '[' && text[len - 1] == ']')
  {
    text++;
    len -= 2;
  }
  memcpy(ip, text, len);
  ip[len] = 0;
  return parse_ip(a, ip, (in_port_t)port);
}

static int close_failed(int fd)
{
  int e = errno;
  close(fd);
  errno = e;
  return -1;
}

int address_listen(struct address const *a, int backlog, int share)
{
  int const on = 1;
  int fd = socket(a->family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  if (a->family != AF_UNIX && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0) return close_failed(fd);
  if (share && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) < 0) return close_failed(fd);
  if (bind(fd, (struct sockaddr const *)&a->where, a->len) < 0) return close_failed(fd);
  if (listen(fd, backlog) < 0) return close_failed(fd);
  return fd;
}

static int bind_source(int fd, unsigned int source)
{
  struct sockaddr_in from = { .sin_family = AF_INET };
  int const on = 1;
  /* The port is then chosen by connect(), for this destination only. */
  if (setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on) < 0) return -1;
  from.sin_addr.s_addr = htonl(0x7f010000U + source);
  return bind(fd, (struct sockaddr const *)&from, sizeof from);
}

int address_connect(struct address const *a, unsigned int source)
{
  /* Closing resets the connection, so that neither side is left with a socket in TIME_WAIT. */
  struct linger const reset = { .l_onoff = 1, .l_linger = 0 };
  int fd = socket(a->family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return -1;
  if (a->family != AF_UNIX && setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset) < 0) return close_failed(fd);
  if (source && a->family == AF_INET && bind_source(fd, source) < 0) return close_failed(fd);
  if (connect(fd, (struct sockaddr const *)&a->where, a->len) < 0 && errno != EINPROGRESS) return close_failed(fd);
  return fd;
}
