/* Peers that do not answer: see liveness.h. */

#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "liveness.h"
#include "number.h"

enum { PROBE_SECONDS_MAX = 32767, PROBES_MAX = 127, SECOND = 1000 };

/* A system without one of these refuses the option (ENOPROTOOPT) in the end. */
enum { NONE = -1 };
#ifndef TCP_USER_TIMEOUT
#define TCP_USER_TIMEOUT NONE
#endif
#ifndef TCP_KEEPIDLE
#define TCP_KEEPIDLE NONE
#endif
#ifndef TCP_KEEPINTVL
#define TCP_KEEPINTVL NONE
#endif
#ifndef TCP_KEEPCNT
#define TCP_KEEPCNT NONE
#endif

static int is_from_1(char const *word, uint64_t most)
{
  uint64_t n;
  return number_parse(word, 10, most, &n) == 0 && n > 0;
}

static int is_probe_seconds(char const *word) { return is_from_1(word, PROBE_SECONDS_MAX); }
static int is_probes(char const *word) { return is_from_1(word, PROBES_MAX); }

struct kind const kind_probe_seconds = { is_probe_seconds, "seconds from 1 to 32767", 0 };
struct kind const kind_probes = { is_probes, "a number from 1 to 127", 0 };

void liveness_read(struct liveness *l, struct opts const *o)
{
  l->user_timeout = (unsigned int)opts_number(o, "user-timeout", 0);
  l->after = (unsigned int)opts_number(o, "keepalive-after", 0);
  l->every = (unsigned int)opts_number(o, "keepalive-every", 0);
  l->count = (unsigned int)opts_number(o, "keepalive-count", 0);
  l->keepalive = l->after || l->every || l->count || (opts_offers(o, "keepalive") && opts_has(o, "keepalive"));
}

char const *liveness_given(struct opts const *o)
{
  static char const *const names[] = { "user-timeout", "keepalive-after", "keepalive-every", "keepalive-count", 0 };
  return opts_first(o, names);
}

static int set(int fd, int name, unsigned int n)
{
  int value = (int)n;
  if (!n) return 0;
  if (name == NONE) return (errno = ENOPROTOOPT, -1);
  return setsockopt(fd, IPPROTO_TCP, name, &value, sizeof value);
}

char const *liveness_set(int fd, struct liveness const *l)
{
  int on = 1;
  if (l->keepalive && setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on) == -1) return "set keepalive for ";
  if (set(fd, TCP_KEEPIDLE, l->after) == -1) return "set --keepalive-after for ";
  if (set(fd, TCP_KEEPINTVL, l->every) == -1) return "set --keepalive-every for ";
  if (set(fd, TCP_KEEPCNT, l->count) == -1) return "set --keepalive-count for ";
  if (set(fd, TCP_USER_TIMEOUT, SECOND * l->user_timeout) == -1) return "set --user-timeout for ";
  return 0;
}
