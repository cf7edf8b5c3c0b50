/* What is known of a client, as values of a line in the state of an upgrade: state.h. A `take` returns false where the line is
   damaged, or without memory: then a connection that it has is closed. */

#ifndef SALLYPORT_CLIENT_STATE_H
#define SALLYPORT_CLIENT_STATE_H

#include "engine.h"
#include "state.h"

extern void state_put_source(struct state *, struct source const *);
extern int state_take_source(char const **values, struct source *);

/* Its connection and its listener; what is taken begins afresh, as if it had been accepted now. */
extern void state_put_accepted(struct state *, struct server const *, struct client const *);
extern int state_take_accepted(struct server *, char const **values, struct client *);

/* All that is known of it, but for the part that it comes to next, and for what TLS knows. */
extern void state_put_client(struct state *, struct server const *, struct client const *);
extern int state_take_client(struct server *, char const **values, struct client *);

#endif
