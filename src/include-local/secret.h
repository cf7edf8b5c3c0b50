/* Numbers that a peer cannot guess, for tables whose keys peers choose. Not for cryptography. */

#ifndef SALLYPORT_SECRET_H
#define SALLYPORT_SECRET_H

#include <stddef.h>

/* Fills it, from the system's generator wherever there is one. Where a sandbox refuses all of that, from what differs from
   start to start: better a table that can be made slow than no service. */
extern void secret_fill(void *, size_t);

#endif
