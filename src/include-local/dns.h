/* Names of hosts, with a deadline that holds. Two libraries have this contract, and configure links one
   of them as libdns.a: libdns-cares asks the name servers itself, libdns-system asks the system's
   resolver in a child process, which can be ended where a library call cannot. */

#ifndef SALLYPORT_DNS_H
#define SALLYPORT_DNS_H

#include <stddef.h>
#include <stdint.h>

#include "address.h"
#include "hostname.h"

enum { DNS_ADDRESSES_MAX = 16 };

enum dns_kind
{
  DNS_ADDRESSES,  /* of a name (A, AAAA) */
  DNS_NAME        /* of an address (PTR) */
};

enum dns_outcome
{
  DNS_FOUND,
  DNS_ABSENT,   /* a definite answer: there is no such thing */
  DNS_TIMEOUT,  /* no answer in time */
  DNS_FAILED    /* no usable answer, or the question could not be asked */
};

/* Holds no pointers of its own: copy it at will, nothing is to be freed. */
struct dns_query
{
  enum dns_kind kind;
  int family;               /* DNS_ADDRESSES: AF_INET, AF_INET6, or AF_UNSPEC for both */
  char name[HOSTNAME_MAX + 2];  /* asked, or found: clean, lower case, without a dot at its end */
  struct address address;   /* DNS_NAME: asked; DNS_ADDRESSES: gives the port */

  enum dns_outcome outcome;
  char reason[64];          /* unless DNS_FOUND: a few words */
  struct address addresses[DNS_ADDRESSES_MAX];  /* found */
  unsigned int count;
};

/* The questions. dns_ask_addresses refuses (-1 with EINVAL) what cannot be a name, and what is a number. A name found in the
   reverse zone that is not clean makes the outcome DNS_FAILED. */
extern int dns_ask_addresses(struct dns_query *, char const *name, int family, uint16_t port);
extern void dns_ask_name(struct dns_query *, struct address const *);

struct dns_settings
{
  int hosts;   /* look into the hosts file first; what it knows is not asked elsewhere */
  int search;  /* complete short names by the search list of resolv.conf */
};

/* Asks all the questions at once, and returns when all are answered or the deadline (see deadline.h) has
   passed. Without one the resolver's own patience counts. No name server is asked for the name localhost and for the names of
   its addresses. Descriptors 0, 1 and 2 must be open. The system's resolver does what the system is configured for, whatever
   the settings are. */
extern void dns_resolve(struct dns_settings const *, struct dns_query *, unsigned int count, uint64_t deadline);

/* True if the addresses found by `addresses` include this one (without the port): the forward
   confirmation of a reverse name. */
extern int dns_confirms(struct dns_query const *addresses, struct address const *);

/* ---- for the libraries ---- */

extern void dns_fail(struct dns_query *, enum dns_outcome, char const *reason);

/* Answers, and returns true, if no server needs to be asked: the name localhost and those in it, which are the addresses
   127.0.0.1 and ::1 (RFC 6761, 6.3), and the name of these two, which name servers do not pass on (RFC 6303, 4.2 and 4.3).
   The hosts file comes first where it is asked. */
extern int dns_know(struct dns_query *);

/* Adds an address found; `sa` is a sockaddr_in or sockaddr_in6. More than there is room for are dropped. */
extern void dns_add(struct dns_query *, struct sockaddr const *sa);

/* Ends a DNS_NAME query with the name found, if it is clean. */
extern void dns_named(struct dns_query *, char const *name, size_t length);

#endif
