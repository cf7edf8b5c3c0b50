/* The two directions of a relay: see relay.h. What the peer sends is "up", what the program sends is "down". None of these
   waits. */

#ifndef SALLYPORT_RELAY_MOVE_H
#define SALLYPORT_RELAY_MOVE_H

#include "relay.h"

extern int relay_is_empty(struct relay_buffer const *);

/* As much as goes through at once, within bounds: the other direction has its turn. */
extern void relay_move_up(struct relay *);
extern void relay_move_down(struct relay *, int readable);

/* All that the program has sent is on its way: ends our direction. */
extern void relay_close_down(struct relay *);

/* The program reads no more. What the peer sends is thrown away, and its end is waited for with patience. */
extern void relay_lose_app(struct relay *);

#endif
