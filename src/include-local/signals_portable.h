/* Signals by a pipe that a handler writes to: where the system refuses signalfd(2), or has none. Once in a process. */

#ifndef SALLYPORT_SIGNALS_PORTABLE_H
#define SALLYPORT_SIGNALS_PORTABLE_H

#include <signal.h>

/* Takes over the signals of `set`, below 32, and blocks no other one. Those that wait already are not lost. Returns a descriptor
   that polls readable when one has come, non-blocking and close-on-exec; -1 with errno. A child that shares our memory must keep
   them blocked, since the handler would run in it. */
extern int signals_portable_open(sigset_t const *set);

/* For a child made by fork(2), before it unblocks signals: those that were taken over have their usual effect again. */
extern void signals_portable_forget(void);

/* True if that is the descriptor. */
extern int signals_portable_is(int fd);

/* The number of a signal that has come, each once however often it came meanwhile; 0 if none. */
extern int signals_portable_read(void);

#endif
