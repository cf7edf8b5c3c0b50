/* Points in time by which something must be over, in milliseconds of a clock that cannot be set. */

#ifndef SALLYPORT_DEADLINE_H
#define SALLYPORT_DEADLINE_H

#include <stdint.h>

/* The deadline of those who may take for ever. */
enum { NO_DEADLINE = 0 };

/* That many milliseconds from now; 0 milliseconds give NO_DEADLINE, as options have it. */
extern uint64_t deadline_after(uint64_t milliseconds);

extern uint64_t deadline_sooner(uint64_t a, uint64_t b);

/* What is left, as poll(2) wants it: -1 without a deadline, 0 if it has passed. */
extern int deadline_left(uint64_t deadline);

extern int deadline_passed(uint64_t deadline);

/* poll(2) of one descriptor, not disturbed by signals. Returns the events, or -1 with errno: ETIMEDOUT if
   the deadline passed. */
extern int deadline_poll(int fd, short events, uint64_t deadline);

#endif
