/* The operand "host" of s6-tcpclient. */

#ifndef SALLYPORT_CLIENT_HOST_H
#define SALLYPORT_CLIENT_HOST_H

#include "dns.h"
#include "race.h"

struct host_settings
{
  int family;   /* AF_INET, AF_INET6, or AF_UNSPEC for both */
  int numeric;  /* no names */
  struct dns_settings dns;
};

/* Adds the addresses that the host has to the race: "" or "0" is this machine, addresses in numbers
   joined by commas are tried in their order, and those of a name in turns, IPv6 first. Dies: 100 if
   the word cannot be a host, 111 if there is none of that name or that could not be found out before the deadline. */
extern void require_host(struct race *, char const *host, uint16_t port, struct host_settings const *, uint64_t deadline);

#endif
