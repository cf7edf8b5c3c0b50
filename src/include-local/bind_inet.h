/* Making a bound internet socket: the one step of the binders and of the inet listeners. */

#ifndef SALLYPORT_BIND_INET_H
#define SALLYPORT_BIND_INET_H

#include <skalibs/gccattributes.h>

#include "address.h"
#include "liveness.h"

struct inet_settings
{
  int type;            /* SOCK_STREAM or SOCK_DGRAM */
  int backlog;         /* clients that may wait for accept; 0: do not listen */
  int nonblocking;
  int reuse_address;
  int reuse_port;
  int bind_to_any;     /* also an address that no interface has: IP_FREEBIND (ip(7)) */
  int combine4and6;    /* IPv4 clients on an IPv6 socket; otherwise IPV6_V6ONLY (RFC 3493, 5.3) */
  int mptcp;
  char const *device;  /* 0: any */
  struct liveness liveness;
  unsigned int defer;  /* seconds of TCP_DEFER_ACCEPT (tcp(7)); 0: off */
};

/* Dies (100) of settings that contradict each other or the address. */
extern void require_settings(struct inet_settings const *, struct address const *);

/* Makes the socket on descriptor fd, closing what was there. Not close-on-exec: it is for the next
   program. Returns 0, or -1 with errno and, in *problem, the step that failed: words that "ip port port"
   can follow. Then fd is as it was. */
extern int bind_inet(int fd, struct inet_settings const *, struct address const *, char const **problem);

/* Dies (111): "unable to PROBLEM HOST port PORT: reason of errno", with what helps. */
extern void bind_inet_die(char const *problem, char const *host, char const *port, struct address const *) gccattr_noreturn;

/* The same as bind_inet, but dies (111) with words. */
extern void bind_inet_or_die(int fd, struct inet_settings const *, struct address const *, char const *ip, char const *port);

#endif
