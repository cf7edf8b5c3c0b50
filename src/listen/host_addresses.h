/* The addresses that a host and a service stand for. */

#ifndef SALLYPORT_HOST_ADDRESSES_H
#define SALLYPORT_HOST_ADDRESSES_H

#include <stddef.h>

#include "address.h"

struct opts;

struct host_addresses
{
  struct address *list;  /* in the order to be tried; never freed, the process becomes another */
  size_t count;
  int every;             /* host is the wildcard of both IP versions, and an IPv6 one serves IPv4 too */
};

/* Looks host and service up for a socket of that type (SOCK_STREAM, SOCK_DGRAM) as the options ask.
   Dies: 100 if a word cannot be right, 111 if the lookup fails. */
extern void host_addresses_find(struct host_addresses *, struct opts const *, int type, char const *host, char const *service);

#endif
