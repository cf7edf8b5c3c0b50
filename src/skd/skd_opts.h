/* The option table of skd. */

#ifndef SALLYPORT_SKD_OPTS_H
#define SALLYPORT_SKD_OPTS_H

#include "opts.h"

enum { SKD = 1 };

extern struct opts_family const skd_opts;

#endif
