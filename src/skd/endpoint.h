/* Where an internet socket is bound: the word [HOST:]PORT, and the addresses that it means. */

#ifndef SALLYPORT_ENDPOINT_H
#define SALLYPORT_ENDPOINT_H

#include <stddef.h>

#include "address.h"

enum { ENDPOINT_HOST_MAX = 256, ENDPOINT_PORT_MAX = 64 };

struct endpoint
{
  char host[ENDPOINT_HOST_MAX];  /* a name or an address; empty: every address of both families */
  char port[ENDPOINT_PORT_MAX];  /* a number from 0 to 65535, or the name of a service */
};

/* PORT, HOST:PORT, IPV6:PORT, [ADDRESS]:PORT, :PORT and []:PORT. Names are not looked up. Returns 0, or -1 with
   EINVAL. */
extern int endpoint_parse(struct endpoint *, char const *word);

/* The addresses of an endpoint for sockets of that type, allocated; at least one. Looks names up. Dies (100)
   of an unknown service, (111) of a name that has no address. */
extern size_t require_endpoint(struct endpoint const *, int type, struct address **);

#endif
