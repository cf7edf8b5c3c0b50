/* A netlink socket on fd 3 or above, for the next program. */

#define _GNU_SOURCE  /* SO_RCVBUFFORCE, SO_PASSCRED */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#if defined(AF_NETLINK) && defined(__has_include)
# if __has_include(<linux/netlink.h>)
#  include <linux/netlink.h>
#  define HAS_NETLINK 1
# endif
#endif

#include <skalibs/djbunix.h>

#include "chain.h"
#include "die.h"
#include "listen_opts.h"
#include "number.h"
#include "announcement.h"

struct protocol
{
  char const *name;
  int number;
};

/* Of linux/netlink.h, whose numbers never change; older headers lack some. */
static struct protocol const protocols[] =
{
  { "route", 0 }, { "usersock", 2 }, { "firewall", 3 }, { "inet-diag", 4 }, { "sock-diag", 4 },
  { "nflog", 5 }, { "xfrm", 6 }, { "selinux", 7 }, { "iscsi", 8 }, { "audit", 9 },
  { "fib-lookup", 10 }, { "connector", 11 }, { "netfilter", 12 }, { "ip6-fw", 13 }, { "dnrtmsg", 14 },
  { "kobject-uevent", 15 }, { "generic", 16 }, { "scsitransport", 18 }, { "ecryptfs", 19 }, { "rdma", 20 },
  { "crypto", 21 }, { "smc", 22 }, { 0, 0 }
};

struct settings
{
  int type;
  int protocol;
  uint32_t groups;  /* one bit for each */
  int buffer;       /* bytes; 0: as the system has it */
  int pass_credentials;
  int pass_security;
};

static int require_protocol(char const *word)
{
  struct protocol const *p = protocols;
  uint64_t n;
  if (!number_parse(word, 10, INT32_MAX, &n)) return (int)n;
  while (p->name && strcmp(p->name, word)) p++;
  if (!p->name) die_usage("protocol must be the name or the number of a netlink protocol, not '", word, "'");
  return p->number;
}

/* 0x1f, 037 or 31, as in C: masks are written in all three ways. */
static uint32_t require_groups(char const *word)
{
  unsigned int base = word[0] != '0' || !word[1] ? 10 : word[1] == 'x' || word[1] == 'X' ? 16 : 8;
  uint64_t n;
  if (number_parse(word + (base == 16 ? 2 : 0), base, UINT32_MAX, &n) == -1)
    die_usage("groups must be a mask of 32 bits, one for each group, not '", word, "'");
  return (uint32_t)n;
}

static void settings_read(struct settings *s, struct opts const *o, char const *const *words)
{
  s->type = opts_has(o, "raw") ? SOCK_RAW : SOCK_DGRAM;
  s->protocol = require_protocol(words[0]);
  s->groups = require_groups(words[1]);
  s->buffer = (int)opts_number(o, "receive-buffer-size", 0);
  s->pass_credentials = opts_has(o, "pass-credentials");
  s->pass_security = opts_has(o, "pass-security");
}

#ifdef HAS_NETLINK

static int set(int fd, int name, int value)
{
  return setsockopt(fd, SOL_SOCKET, name, &value, sizeof value);
}

/* All before bind: from then on messages come, and a small buffer would lose some. */
static char const *prepare(int fd, struct settings const *s)
{
  struct sockaddr_nl address = { .nl_family = AF_NETLINK };
  if (s->buffer && set(fd, SO_RCVBUFFORCE, s->buffer) == -1 && set(fd, SO_RCVBUF, s->buffer) == -1)
    return "set the receive buffer of ";
  if (s->pass_credentials && set(fd, SO_PASSCRED, 1) == -1) return "receive credentials on ";
  if (s->pass_security && set(fd, SO_PASSSEC, 1) == -1) return "receive security contexts on ";
  /* nl_pid 0: the kernel chooses. Our pid would do only once for each protocol. */
  address.nl_groups = s->groups;
  return bind(fd, (struct sockaddr *)&address, sizeof address) == -1 ? "bind " : 0;
}

static int open_netlink(struct settings const *s)
{
  return socket(AF_NETLINK, s->type, s->protocol);
}

#else

static char const *prepare(int fd, struct settings const *s)
{
  (void)fd;
  (void)s;
  return 0;
}

static int open_netlink(struct settings const *s)
{
  (void)s;
  return (errno = EAFNOSUPPORT, -1);
}

#endif

static void bind_netlink_or_die(int fd, struct settings const *s, char const *const *words)
{
  char const *problem = "create ";
  int made = open_netlink(s);
  if (made != -1) problem = prepare(made, s);
  if (!problem && made != fd && fd_move(fd, made) == -1) problem = "move to its descriptor ";
  if (problem) die_system(problem, "a netlink socket for ", words[0], " groups ", words[1]);
}

int main(int argc, char const *const *argv)
{
  struct opts given;
  struct settings settings;
  struct announcement announcement;
  (void)argc;

  argv = opts_parse(&given, &listen_opts, LISTEN_NETLINK, argv);
  require_program(argv + 2);
  settings_read(&settings, &given, argv);
  announcement_plan(&announcement, &given);

  bind_netlink_or_die(announcement.fd, &settings, argv);
  announcement_make(&announcement);
  chain_become(argv + 2);
}
