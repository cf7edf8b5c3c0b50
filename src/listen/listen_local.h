/* The whole of the local-*-socket-listen programs: they differ in the type of the socket. */

#ifndef SALLYPORT_LISTEN_LOCAL_H
#define SALLYPORT_LISTEN_LOCAL_H

#include "opts.h"

/* Makes the socket that the words "path prog..." ask for and becomes prog, or dies. `listens` is true if
   the type has connections to wait for. */
extern void listen_local(struct opts const *, int type, int listens, char const *const *words);

#endif
