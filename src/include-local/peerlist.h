/* Peers named on a command line: IP addresses, prefixes, and user ids for those who come over a Unix-domain
   socket. */

#ifndef SALLYPORT_PEERLIST_H
#define SALLYPORT_PEERLIST_H

#include <sys/types.h>

#include "address.h"
#include "opts.h"

enum { PEERLIST_MAX = 64 };

/* What a list may name. */
enum { PEERLIST_NETS = 1, PEERLIST_UIDS = 2 };

struct peerlist_net
{
  struct source source;  /* cut to the prefix */
  unsigned int prefix4, prefix6;
  int is_ip4;
};

struct peerlist
{
  struct peerlist_net net[PEERLIST_MAX];
  uid_t uid[PEERLIST_MAX];
  unsigned int nets, uids;
};

/* Items with commas between them: 192.0.2.7, 192.0.2.0/24, 2001:db8::/32, and 1000, a user id. `what` is made of the
   bits above. IPv4-mapped addresses are IPv4: ::/0 is every IPv6 address, and no other. Returns 0, or -1 with EINVAL
   (an item is none of what it may be, or empty) or E2BIG (too many). */
extern int peerlist_parse(struct peerlist *, char const *word, unsigned int what);

extern int peerlist_has_address(struct peerlist const *, struct address const *);
extern int peerlist_has_uid(struct peerlist const *, uid_t);

extern struct kind const kind_nets;   /* addresses and prefixes */
extern struct kind const kind_uids;   /* user ids */
extern struct kind const kind_peers;  /* either */

#endif
