/* How soon the system gives up a TCP peer that does not answer. Connections inherit it from their listener (tcp(7)). */

#ifndef SALLYPORT_LIVENESS_H
#define SALLYPORT_LIVENESS_H

#include "opts.h"

extern struct kind const kind_probe_seconds;  /* 1 to 32767: what the kernel takes */
extern struct kind const kind_probes;         /* 1 to 127 */

/* Rows for a program that binds TCP sockets. */
#define OPTS_LIVENESS(all, stage) \
  { 0, "user-timeout", "S", &kind_seconds, (all), (stage), 0, "end a connection without answers for S seconds" }, \
  { 0, "keepalive-after", "S", &kind_probe_seconds, (all), (stage), 0, "probe a connection that is idle for S seconds" }, \
  { 0, "keepalive-every", "S", &kind_probe_seconds, (all), (stage), 0, "probe again after S seconds" }, \
  { 0, "keepalive-count", "N", &kind_probes, (all), (stage), 0, "end a connection when N probes fail" }

struct liveness
{
  int keepalive;               /* probe at all: with any of the three below, too */
  unsigned int user_timeout;   /* seconds of TCP_USER_TIMEOUT; 0: the system's */
  unsigned int after, every;   /* seconds of TCP_KEEPIDLE, TCP_KEEPINTVL; 0: the system's */
  unsigned int count;          /* of TCP_KEEPCNT; 0: the system's */
};

/* Reads the rows of OPTS_LIVENESS, and "keepalive" where the program has it. */
extern void liveness_read(struct liveness *, struct opts const *);

/* The first of the options that were given, for a usage error; 0 if none was. */
extern char const *liveness_given(struct opts const *);

/* Returns 0, or, with errno, what could not be done: words that "ip port port" can follow. */
extern char const *liveness_set(int fd, struct liveness const *);

#endif
