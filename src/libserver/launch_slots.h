#ifndef SALLYPORT_LAUNCH_SLOTS_H
#define SALLYPORT_LAUNCH_SLOTS_H

/* What the files of the launcher share. */

#include "launch.h"

/* True while a child runs in our memory with our descriptors: what it has yet to copy must stay open. */
extern int launch_shares(struct launch const *s);

/* Closes the connection that the slot owes (launcher_release()), if its child no longer needs it. */
extern void launch_settle(struct launch *s);

#endif
