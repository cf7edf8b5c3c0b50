/* The identity family's option table. */

#ifndef SALLYPORT_IDENTITY_OPTS_H
#define SALLYPORT_IDENTITY_OPTS_H

#include "opts.h"

enum
{
  IDENTITY_APPLY = 1,  /* s6-applyuidgid */
  IDENTITY_ENV = 2,    /* s6-envuidgid */
  IDENTITY_SET = 4     /* s6-setuidgid */
};

extern struct opts_family const identity_opts;

#endif
