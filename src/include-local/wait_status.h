/* How a process ended, in words. */

#ifndef SALLYPORT_WAIT_STATUS_H
#define SALLYPORT_WAIT_STATUS_H

#include "text.h"

/* "exitcode 1" or "signal 15". status: of waitpid(2). */
extern void status_put(struct text *, int status);

#endif
