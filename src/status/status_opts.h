/* The options of s6-serverstat. */

#ifndef SALLYPORT_STATUS_OPTS_H
#define SALLYPORT_STATUS_OPTS_H

#include "opts.h"

enum { SERVERSTAT = 1 };

extern struct opts_family const status_opts;

#endif
