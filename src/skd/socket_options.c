/* Undoing what programs leave on a socket: see socket_options.h. What the options mean is in socket(7), ip(7), ipv6(7),
   udp(7) and unix(7). */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <string.h>

#include "socket_options.h"

/* No option has this number. */
enum { MISSING = -1 };

/* Options of Linux that are younger than the headers of many systems. SO_PEEK_OFF has another number on the few
   processors where these have others too: there we do without. */
#if defined SO_PEEK_OFF && SO_PEEK_OFF == 42
enum
{
  BIND_TO_INDEX = 62, TIMESTAMP_NEW = 63, TIMESTAMPNS_NEW = 64, TIMESTAMPING_NEW = 65, PREFER_BUSY_POLL = 69,
  BUFFER_LOCK = 72, REHASH = 74, RECEIVE_MARK = 75, PASS_PIDFD = 76, RECEIVE_PRIORITY = 82, PASS_RIGHTS = 83,
  CHECKSUM = 23, LATE_PORT = 24, FRAGMENT_SIZE = 25, LONG_ERRORS = 26, PORT_RANGE = 51,
  FLOW = 11, MULTICAST_ALL6 = 29, ALERT_ALONE = 30, LONG_ERRORS6 = 31, FLOW_SENT = 33, FLOW_LABEL = 70, PREFERENCES = 72, MIN_HOPS = 73,
  ORIGINAL6 = 74, TRANSPARENT6 = 75, INTERFACE6 = 76, FRAGMENT_SIZE6 = 77, FREEBIND6 = 78,
  CORK = 1, ENCAPSULATION = 100, NO_CHECK6_TX = 101, NO_CHECK6_RX = 102, SEGMENT = 103, GRO = 104
};
#else
enum
{
  BIND_TO_INDEX = MISSING, TIMESTAMP_NEW = MISSING, TIMESTAMPNS_NEW = MISSING, TIMESTAMPING_NEW = MISSING, PREFER_BUSY_POLL = MISSING,
  BUFFER_LOCK = MISSING, REHASH = MISSING, RECEIVE_MARK = MISSING, PASS_PIDFD = MISSING, RECEIVE_PRIORITY = MISSING,
  PASS_RIGHTS = MISSING, CHECKSUM = MISSING, LATE_PORT = MISSING, FRAGMENT_SIZE = MISSING, LONG_ERRORS = MISSING, PORT_RANGE = MISSING,
  FLOW = MISSING, MULTICAST_ALL6 = MISSING, ALERT_ALONE = MISSING, LONG_ERRORS6 = MISSING, FLOW_SENT = MISSING, FLOW_LABEL = MISSING,
  PREFERENCES = MISSING, MIN_HOPS = MISSING, ORIGINAL6 = MISSING, TRANSPARENT6 = MISSING, INTERFACE6 = MISSING,
  FRAGMENT_SIZE6 = MISSING, FREEBIND6 = MISSING,
  CORK = MISSING, ENCAPSULATION = MISSING, NO_CHECK6_TX = MISSING, NO_CHECK6_RX = MISSING, SEGMENT = MISSING, GRO = MISSING
};
#endif

struct option
{
  int level;
  int name;
};

static struct option const options[] =
{
  { SOL_SOCKET, SO_BROADCAST }, { SOL_SOCKET, SO_DEBUG }, { SOL_SOCKET, SO_DONTROUTE }, { SOL_SOCKET, SO_KEEPALIVE },
  { SOL_SOCKET, SO_OOBINLINE }, { SOL_SOCKET, SO_RCVBUF }, { SOL_SOCKET, SO_RCVLOWAT }, { SOL_SOCKET, SO_RCVTIMEO },
  { SOL_SOCKET, SO_REUSEADDR }, { SOL_SOCKET, SO_SNDBUF }, { SOL_SOCKET, SO_SNDTIMEO },
#ifdef SO_REUSEPORT
  { SOL_SOCKET, SO_REUSEPORT },
#endif
#ifdef SO_TIMESTAMP
  { SOL_SOCKET, SO_TIMESTAMP },
#endif
#ifdef SO_PASSCRED
  { SOL_SOCKET, SO_PASSCRED }, { SOL_SOCKET, SO_PASSSEC }, { SOL_SOCKET, SO_NO_CHECK }, { SOL_SOCKET, SO_PRIORITY },
  { SOL_SOCKET, SO_MARK }, { SOL_SOCKET, SO_RXQ_OVFL }, { SOL_SOCKET, SO_TIMESTAMPNS }, { SOL_SOCKET, SO_TIMESTAMPING },
#endif
#ifdef SO_PEEK_OFF
  { SOL_SOCKET, SO_PEEK_OFF }, { SOL_SOCKET, SO_WIFI_STATUS }, { SOL_SOCKET, SO_NOFCS }, { SOL_SOCKET, SO_SELECT_ERR_QUEUE },
  { SOL_SOCKET, SO_BUSY_POLL }, { SOL_SOCKET, SO_MAX_PACING_RATE },
#endif
#ifdef SO_INCOMING_CPU
  { SOL_SOCKET, SO_INCOMING_CPU },
#endif
#ifdef SO_ZEROCOPY
  { SOL_SOCKET, SO_ZEROCOPY }, { SOL_SOCKET, SO_TXTIME },
#endif
  { SOL_SOCKET, BIND_TO_INDEX }, { SOL_SOCKET, TIMESTAMP_NEW }, { SOL_SOCKET, TIMESTAMPNS_NEW }, { SOL_SOCKET, TIMESTAMPING_NEW },
  { SOL_SOCKET, PREFER_BUSY_POLL }, { SOL_SOCKET, BUFFER_LOCK }, { SOL_SOCKET, REHASH }, { SOL_SOCKET, RECEIVE_MARK }, { SOL_SOCKET, PASS_PIDFD },
  { SOL_SOCKET, RECEIVE_PRIORITY }, { SOL_SOCKET, PASS_RIGHTS },

  { IPPROTO_IP, IP_TOS }, { IPPROTO_IP, IP_TTL }, { IPPROTO_IP, IP_OPTIONS }, { IPPROTO_IP, IP_MULTICAST_IF },
  { IPPROTO_IP, IP_MULTICAST_LOOP }, { IPPROTO_IP, IP_MULTICAST_TTL },
#ifdef IP_TRANSPARENT
  { IPPROTO_IP, IP_PKTINFO }, { IPPROTO_IP, IP_RECVOPTS }, { IPPROTO_IP, IP_RETOPTS }, { IPPROTO_IP, IP_RECVERR },
  { IPPROTO_IP, IP_RECVTTL }, { IPPROTO_IP, IP_RECVTOS }, { IPPROTO_IP, IP_MTU_DISCOVER }, { IPPROTO_IP, IP_FREEBIND },
  { IPPROTO_IP, IP_PASSSEC }, { IPPROTO_IP, IP_TRANSPARENT }, { IPPROTO_IP, IP_RECVORIGDSTADDR }, { IPPROTO_IP, IP_MINTTL },
  { IPPROTO_IP, IP_MULTICAST_ALL }, { IPPROTO_IP, IP_UNICAST_IF },
#endif
  { IPPROTO_IP, CHECKSUM }, { IPPROTO_IP, LATE_PORT }, { IPPROTO_IP, FRAGMENT_SIZE }, { IPPROTO_IP, LONG_ERRORS },
  { IPPROTO_IP, PORT_RANGE },

  { IPPROTO_IPV6, IPV6_MULTICAST_HOPS }, { IPPROTO_IPV6, IPV6_MULTICAST_IF }, { IPPROTO_IPV6, IPV6_MULTICAST_LOOP },
  { IPPROTO_IPV6, IPV6_UNICAST_HOPS },
#ifdef IPV6_RECVPKTINFO
  { IPPROTO_IPV6, IPV6_RECVPKTINFO }, { IPPROTO_IPV6, IPV6_RECVHOPLIMIT }, { IPPROTO_IPV6, IPV6_RECVRTHDR },
  { IPPROTO_IPV6, IPV6_RECVHOPOPTS }, { IPPROTO_IPV6, IPV6_RECVDSTOPTS }, { IPPROTO_IPV6, IPV6_RECVTCLASS },
  { IPPROTO_IPV6, IPV6_TCLASS }, { IPPROTO_IPV6, IPV6_RECVPATHMTU }, { IPPROTO_IPV6, IPV6_DONTFRAG },
  { IPPROTO_IPV6, IPV6_HOPOPTS }, { IPPROTO_IPV6, IPV6_RTHDRDSTOPTS }, { IPPROTO_IPV6, IPV6_RTHDR }, { IPPROTO_IPV6, IPV6_DSTOPTS },
#endif
#ifdef IPV6_2292PKTINFO
  { IPPROTO_IPV6, IPV6_2292PKTINFO }, { IPPROTO_IPV6, IPV6_2292HOPOPTS }, { IPPROTO_IPV6, IPV6_2292DSTOPTS },
  { IPPROTO_IPV6, IPV6_2292RTHDR }, { IPPROTO_IPV6, IPV6_2292HOPLIMIT },
#endif
#ifdef IPV6_RECVERR
  { IPPROTO_IPV6, IPV6_RECVERR }, { IPPROTO_IPV6, IPV6_MTU_DISCOVER },
#endif
  { IPPROTO_IPV6, ORIGINAL6 }, { IPPROTO_IPV6, TRANSPARENT6 }, { IPPROTO_IPV6, INTERFACE6 }, { IPPROTO_IPV6, FRAGMENT_SIZE6 },
  { IPPROTO_IPV6, FREEBIND6 }, { IPPROTO_IPV6, FLOW }, { IPPROTO_IPV6, MULTICAST_ALL6 }, { IPPROTO_IPV6, ALERT_ALONE },
  { IPPROTO_IPV6, LONG_ERRORS6 }, { IPPROTO_IPV6, FLOW_SENT }, { IPPROTO_IPV6, FLOW_LABEL }, { IPPROTO_IPV6, PREFERENCES },
  { IPPROTO_IPV6, MIN_HOPS },

  { IPPROTO_UDP, CORK }, { IPPROTO_UDP, ENCAPSULATION }, { IPPROTO_UDP, NO_CHECK6_TX }, { IPPROTO_UDP, NO_CHECK6_RX },
  { IPPROTO_UDP, SEGMENT }, { IPPROTO_UDP, GRO }
};

enum { COUNT = sizeof options / sizeof options[0] };

typedef char the_table_fits[sizeof options / sizeof options[0] <= SOCKET_OPTIONS_MAX ? 1 : -1];

/* Returns false if this socket has no such option, or one whose value is longer. */
static int read_option(int fd, struct socket_option *o)
{
  o->length = sizeof o->value;
  memset(o->value, 0, sizeof o->value);
  return o->name != MISSING && getsockopt(fd, o->level, o->name, o->value, &o->length) == 0 && o->length <= sizeof o->value;
}

void socket_options_note(struct socket_options *s, int fd)
{
  size_t i = 0;
  s->count = 0;
  s->flags = fcntl(fd, F_GETFL);
  for (; i < COUNT; i++)
  {
    struct socket_option *o = &s->all[s->count];
    o->level = options[i].level;
    o->name = options[i].name;
    if (read_option(fd, o)) s->count++;
  }
}

static int is_as_noted(int fd, struct socket_option const *o)
{
  struct socket_option now = *o;
  return read_option(fd, &now) && now.length == o->length && !memcmp(now.value, o->value, o->length);
}

static int put_back(int fd, struct socket_option const *o)
{
  return setsockopt(fd, o->level, o->name, o->value, o->length) == 0 && is_as_noted(fd, o);
}

static int is_size(struct socket_option const *o)
{
  return o->level == SOL_SOCKET && (o->name == SO_RCVBUF || o->name == SO_SNDBUF);
}

/* Linux shows twice the size that was asked for: socket(7). */
static int put_back_half(int fd, struct socket_option const *o)
{
  int size;
  memcpy(&size, o->value, sizeof size);
  size /= 2;
  return setsockopt(fd, o->level, o->name, &size, sizeof size) == 0;
}

/* What only changes how answers are sent must not end the service. Without the right to give up a device, a socket
   that a program has bound to one gets nothing from elsewhere any more. */
static char const *restore_one(int fd, struct socket_option const *o)
{
  if (is_as_noted(fd, o) || put_back(fd, o) || (is_size(o) && put_back_half(fd, o))) return 0;
  return o->level == SOL_SOCKET && o->name == BIND_TO_INDEX ? "a program has bound the socket to a device" : 0;
}

/* A lock without a filter keeps nothing away, and no new filter can come. */
static char const *remove_filter(int fd)
{
#ifdef SO_GET_FILTER
  int unused = 0;
  socklen_t length = 0;
  if (setsockopt(fd, SOL_SOCKET, SO_DETACH_FILTER, &unused, sizeof unused) == 0 || errno != EPERM) return 0;
  if (getsockopt(fd, SOL_SOCKET, SO_GET_FILTER, 0, &length) == 0 && !length) return 0;
  return "a program has locked a filter on the socket";
#else
  (void)fd;
  return 0;
#endif
}

/* An error that waits there would make the socket look ready for ever. Switching the queue off empties it, also of what
   other options have put there. */
static void empty_error_queue(int fd)
{
#if defined IP_RECVERR && defined IPV6_RECVERR
  int off = 0;
  setsockopt(fd, IPPROTO_IP, IP_RECVERR, &off, sizeof off);
  setsockopt(fd, IPPROTO_IPV6, IPV6_RECVERR, &off, sizeof off);
#else
  (void)fd;
#endif
}

char const *socket_options_restore(struct socket_options const *s, int fd)
{
  char const *spoiled = remove_filter(fd);
  size_t i = 0;
  fcntl(fd, F_SETFL, s->flags);
  for (; i < s->count && !spoiled; i++) spoiled = restore_one(fd, &s->all[i]);
  empty_error_queue(fd);
  return spoiled;
}
