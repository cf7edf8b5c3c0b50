/* A list of sources in an option: addresses, prefixes and user ids. */

#ifndef SALLYPORT_SOURCE_LIST_H
#define SALLYPORT_SOURCE_LIST_H

#include <sys/types.h>

#include "address.h"
#include "opts.h"

enum { SOURCE_LIST_MAX = 64 };

struct source_range
{
  struct source source;  /* bits after the prefix are 0 */
  unsigned int bits;     /* of the address; IPv4 counts from 96, as source_of_address() keeps it */
};

struct source_list
{
  struct source_range ranges[SOURCE_LIST_MAX];
  unsigned int count;
};

/* Words separated by commas, at most SOURCE_LIST_MAX: "192.0.2.7", "2001:db8::/32", or "1000", a user id. No bit may be set
   after a prefix. Returns 0, or -1 with EINVAL; the list is then undefined. */
extern int source_list_parse(struct source_list *, char const *word);

/* True if a range of the list has this address, IPv4-mapped or not. */
extern int source_list_has_address(struct source_list const *, struct address const *);

/* True if the list has this user id. (uid_t)-1, which no process has, is in no list. */
extern int source_list_has_user(struct source_list const *, uid_t);

/* True if the list has all of a source, as the engine counts it. */
extern int source_list_has_source(struct source_list const *, struct source const *);

/* For option tables. */
extern struct kind const kind_sources;

#endif
