/* Rates in options: "N/S", N events in S seconds. */

#ifndef SALLYPORT_RATE_H
#define SALLYPORT_RATE_H

#include <stdint.h>

#include "opts.h"

enum { RATE_COUNT_MAX = 1000000, RATE_SECONDS_MAX = 86400 };

struct rate
{
  uint32_t count;    /* 1 to RATE_COUNT_MAX */
  uint32_t seconds;  /* 1 to RATE_SECONDS_MAX */
};

/* The whole word "N/S". Returns 0, or -1 with EINVAL or ERANGE; *rate is then untouched. */
extern int rate_parse(struct rate *, char const *word);

extern struct kind const kind_rate;
extern struct kind const kind_source_rate;  /* at most 1000 in a second */

#endif
