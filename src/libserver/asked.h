/* When a program was asked to end, in few bits: whole seconds of clock_millis(), modulo 2^24. Rounded up, so that nothing that is so
   many seconds later comes too early. */

#ifndef SALLYPORT_ASKED_H
#define SALLYPORT_ASKED_H

#include <stdint.h>

enum { ASKED_MASK = 0xffffff };

extern uint32_t asked_at(uint64_t now);

/* Milliseconds from now until so many seconds after that, and at most one second more; 0: they are over. seconds: at most 2^22. */
extern uint64_t asked_left(uint32_t asked, uint32_t seconds, uint64_t now);

#endif
