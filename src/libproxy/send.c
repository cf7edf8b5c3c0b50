/* Sending a header: see proxy_send.h. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "die.h"
#include "number.h"
#include "proxy.h"
#include "proxy_send.h"

struct ends
{
  struct address remote, local;
};

static char const *variable(char const *proto, char const *what)
{
  char space[64];
  struct text name = TEXT_IN(space);
  text_string(&name, proto);
  text_string(&name, what);
  text_end(&name);
  return name.cut ? 0 : getenv(space);
}

/* 0, or -1: the environment describes none. */
static int read_end(struct address *a, char const *proto, char const *ip, char const *port)
{
  char const *words[2];
  uint64_t n;
  words[0] = variable(proto, ip);
  words[1] = variable(proto, port);
  if (!words[0] || !words[1] || number_parse(words[1], 10, 65535, &n) == -1) return -1;
  return address_parse(a, words[0], (uint16_t)n);
}

static int read_client(struct ends *e)
{
  char const *proto = getenv("PROTO");
  if (!proto || read_end(&e->remote, proto, "REMOTEIP", "REMOTEPORT") == -1) return -1;
  return read_end(&e->local, proto, "LOCALIP", "LOCALPORT");
}

/* We are the client. */
static int read_own(struct ends *e, int fd)
{
  memset(e, 0, sizeof *e);
  e->remote.length = e->local.length = sizeof e->local.sa;
  if (getsockname(fd, &e->remote.sa.any, &e->remote.length) == -1) return -1;
  if (getpeername(fd, &e->local.sa.any, &e->local.length) == -1) return -1;
  return address_is_ip(&e->remote) && address_is_ip(&e->local) ? 0 : -1;
}

static size_t make(char *s, unsigned int version, int fd)
{
  struct ends e;
  int known = read_client(&e) == 0 || (version == PROXY_V1 && read_own(&e, fd) == 0);
  return proxy_write(s, version, known ? &e.remote : 0, known ? &e.local : 0);
}

/* The buffer of a new connection has room for it. */
void proxy_send(struct opts const *o, int fd)
{
  char header[PROXY_V1_LONGEST];
  char const *version = opts_offers(o, "send-proxy") ? opts_value(o, "send-proxy", 0) : 0;
  size_t length;
  ssize_t r;
  if (!version) return;
  length = make(header, version[0] == '1' ? PROXY_V1 : PROXY_V2, fd);
  do r = send(fd, header, length, MSG_NOSIGNAL);
  while (r == -1 && errno == EINTR);
  if (r == -1) die_system("send the proxy header");
  if ((size_t)r < length) strerr_dief(EXIT_SYSTEM, "unable to send the whole proxy header");
}
