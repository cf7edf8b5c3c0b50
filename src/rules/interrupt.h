/* Signals that end a program which has something to clear away first. They are held back and asked for
   at points where clearing away is possible. */

#ifndef SALLYPORT_INTERRUPT_H
#define SALLYPORT_INTERRUPT_H

#include <signal.h>

struct interrupt
{
  sigset_t held;
  sigset_t before;
};

extern void interrupt_hold(struct interrupt *);

/* True if one of them has come. */
extern int interrupt_came(struct interrupt const *);

/* Lets them do what they do: ends the process if one has come. */
extern void interrupt_release(struct interrupt const *);

#endif
