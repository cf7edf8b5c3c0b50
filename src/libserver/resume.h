/* Taking the state of the old program after an upgrade. */

#ifndef SALLYPORT_RESUME_H
#define SALLYPORT_RESUME_H

struct server;

/* Finds the state, if there is one for this process, and removes the variable. */
extern void resume_open(struct server *);

/* Takes it, when the listeners and the parts are there. Dies (111) if it cannot be read. */
extern void resume_take(struct server *);

#endif
