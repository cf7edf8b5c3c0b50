/* Time on a clock that cannot be set. */

#ifndef SALLYPORT_CLOCK_H
#define SALLYPORT_CLOCK_H

#include <stdint.h>

/* Monotonic time; never 0, which means "no time" everywhere. */
extern uint64_t clock_millis(void);
extern uint64_t clock_micros(void);

/* Brings *when forward to `other`, unless that is 0. */
extern void clock_sooner(uint64_t *when, uint64_t other);

#endif
