/* The option table of proxy-server. */

#ifndef SALLYPORT_PROXY_OPTS_H
#define SALLYPORT_PROXY_OPTS_H

#include "opts.h"

enum { PROXY_SERVER = 1 };

extern struct opts_family const proxy_opts;

#endif
