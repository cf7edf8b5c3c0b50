/* What is known of a client, as values of a line in the state of an upgrade: state.h. A `take` returns false where the line is
   damaged, or without memory. */

#ifndef SALLYPORT_CLIENT_STATE_H
#define SALLYPORT_CLIENT_STATE_H

#include "engine.h"
#include "state.h"

struct via;

extern void state_put_address(struct state *, struct address const *);
extern int state_take_address(char const **values, struct address *);

extern void state_put_source(struct state *, struct source const *);
extern int state_take_source(char const **values, struct source *);

/* The sender of its PROXY header, or 0. What is taken is the caller's: free(). */
extern void state_put_via(struct state *, struct via const *);
extern int state_take_via(char const **values, struct via **);

/* What the kernel knows of its connection, or 0; likewise. */
extern void state_put_connection(struct state *, struct platform_connection const *);
extern int state_take_connection(char const **values, struct platform_connection **);

#endif
