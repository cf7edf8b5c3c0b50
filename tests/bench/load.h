/* The load generator: what its two halves, short connections and held ones, share. */

#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include <stddef.h>
#include <stdint.h>

#include "address.h"
#include "samples.h"

/* A connection that has not got anywhere for this long is given up. */
#define STUCK_NS 10000000000U

struct load
{
  struct address to;
  char const *say;       /* what a short connection sends, or 0 */
  unsigned int expect;   /* bytes that a short connection must receive before its end of file */
  int tls;               /* short connections speak TLS */
  unsigned int sources;  /* source addresses to go round, 0 for the kernel's choice */
  unsigned int turn;
  int poll;              /* epoll */
  int *held;
  size_t held_used;
  size_t held_room;
};

struct result
{
  struct samples latency;
  uint64_t elapsed_ns;
  unsigned long connections;  /* complete ones only */
  unsigned long refused;      /* no server listens */
  unsigned long shorts;       /* ended early */
  unsigned long resumed;      /* of those that are complete: whose TLS session was resumed */
  unsigned long errors;       /* reset, stuck, or no socket to be had */
};

/* Short connections, `at_a_time` of them at any moment, until `count` are complete or `ns` nanoseconds are over (0: no such limit).
   Returns -1 and errno when the load generator itself cannot go on. */
extern int load_run(struct load *, struct result *, unsigned int at_a_time, unsigned long count, uint64_t ns);

/* Opens or closes connections until `want` are held, each one served by a live handler that echoes.
   Returns how many failed on the way: more than none means that the server does not hold that many. -1 and errno on trouble of our own. */
extern long load_hold(struct load *, size_t want);

/* How many held connections the server has ended meanwhile. */
extern size_t load_count_lost(struct load const *);

/* A new connection from the next source address; -1 and errno. */
extern int load_connect(struct load *);

#endif
