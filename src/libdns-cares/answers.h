#ifndef SALLYPORT_ANSWERS_H
#define SALLYPORT_ANSWERS_H

/* Questions to c-ares that have been asked, and waiting for their answers. */

#include <stdint.h>
#include <sys/select.h>  /* for ares.h */

#include <ares.h>

#include "dns.h"

/* A question on its way: an address question of both families is two. */
struct asking
{
  struct dns_query *query;
  struct work *work;
  int family;
  int done;
  enum dns_outcome outcome;
};

struct work
{
  ares_channel channel;
  struct asking *asked;
  unsigned int count;
  unsigned int pending;
  int timed_out;
};

/* Waits until no question is pending, or until the deadline (deadline.h): then it cancels what is left, and sets timed_out. */
extern void answers_wait(struct work *w, uint64_t deadline);

#endif
