/* Giving privileges up as -U wants it: UID, GID, GIDLIST and ROOT. */

#ifndef SALLYPORT_PRIVILEGES_H
#define SALLYPORT_PRIVILEGES_H

#include "identity.h"

struct privileges
{
  int wanted;
  struct identity identity;
  char const *root;          /* 0: the same root directory as before */
  int fd;                    /* of it */
};

/* Reads the environment, or dies (100) naming the variable that is missing or wrong. */
extern void privileges_read(struct privileges *, int wanted, int keep_groups);

/* Opens the root directory, before anything is done that would have to be undone, or dies (111). */
extern void privileges_prepare(struct privileges *);

/* Enters the root directory, then becomes the identity, and makes sure of both, or dies (111). */
extern void privileges_shed(struct privileges const *);

#endif
