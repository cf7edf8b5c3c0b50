/* What a handshake found out, on its way from the process that speaks TLS to the program's environment: items
   "NAME=value", each followed by a NUL, then one NUL more. That is also the reply of the UCSPI-TLS protocol. The
   receiving side believes nothing: it checks names and bytes again. */

#ifndef SALLYPORT_OUTCOME_H
#define SALLYPORT_OUTCOME_H

#include <stddef.h>
#include <stdint.h>

#include "tls.h"

enum { OUTCOME_MAX = 6144 };

struct outcome
{
  char bytes[OUTCOME_MAX];
  size_t length;
};

/* A fact that does not fit is left out. */
extern void outcome_of(struct outcome *, struct tls const *);

/* Writes all of it. -1 with errno. */
extern int outcome_send(struct outcome const *, int fd);

/* Reads up to the end of the file. Returns 0, or -1 with errno: EPROTO if that was no outcome, 0 if it was nothing. */
extern int outcome_receive(struct outcome *, int fd, uint64_t deadline);

/* Of these bytes, which lack the last NUL. False if that is no good outcome. */
extern int outcome_take(struct outcome *, char const *bytes, size_t length);

/* True if it is whole, and of known names with values of printable ASCII only. */
extern int outcome_is_good(struct outcome const *);

/* Calls `each` with every name that an outcome may hold, and its value, or 0. The outcome must be good. */
extern void outcome_each(struct outcome const *, void (*each)(void *data, char const *name, char const *value), void *data);

/* The same to the environment. Dies (111) if there is no memory. */
extern void outcome_to_environment(struct outcome const *);

/* The names of all variables that an outcome may hold, after others: allocated. Dies (111). */
extern char const *const *outcome_variables_and(char const *const *others);

#endif
