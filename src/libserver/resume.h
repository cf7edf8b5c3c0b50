/* Taking the state of the old program after an upgrade. */

#ifndef SALLYPORT_RESUME_H
#define SALLYPORT_RESUME_H

#include <sys/types.h>

struct server;

/* Finds the state, if there is one for this process, and removes the variable. */
extern void resume_open(struct server *);

/* Takes it, when the listeners and the parts are there. Dies (111) if it cannot be read. */
extern void resume_take(struct server *);

/* Whether this process is a child of ours, dead or alive. */
extern int resume_is_child(pid_t);

#endif
