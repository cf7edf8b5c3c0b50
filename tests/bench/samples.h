/* Latencies of a run, all of them kept, so that percentiles are exact. */

#ifndef BENCH_SAMPLES_H
#define BENCH_SAMPLES_H

#include <stddef.h>
#include <stdint.h>

struct samples
{
  uint32_t *ns100; /* tenths of a microsecond */
  size_t used;
  size_t room;
};

#define SAMPLES_NONE { 0, 0, 0 }

/* Returns -1 and errno ENOMEM when there is no room for one more. */
extern int samples_add(struct samples *, uint64_t nanoseconds);
extern void samples_sort(struct samples *);

/* Microseconds, of sorted samples; 0 when there are none. share: 0.5 is the median, 1 the longest. */
extern double samples_percentile(struct samples const *, double share);
extern void samples_free(struct samples *);

/* Nanoseconds of the monotonic clock. */
extern uint64_t now_ns(void);

#endif
