/* The addresses of a host and a service, by the system's name resolution, with a deadline. */

#ifndef SALLYPORT_LOOKUP_H
#define SALLYPORT_LOOKUP_H

#include "race.h"

struct lookup_settings
{
  int numeric_host;
  int numeric_service;
  int check_interfaces;
};

/* Adds the addresses of the service to the race, in the order in which they are to be tried, or dies:
   100 if a word cannot be right, 111 if there is no such host or that could not be found out in time. */
extern void require_service(struct race *, char const *host, char const *service, struct lookup_settings const *,
  uint64_t deadline);

#endif
