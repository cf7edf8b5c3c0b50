/* Unix-domain addresses: a path, or an abstract name written with a leading @. */

#ifndef SALLYPORT_LOCAL_ADDRESS_H
#define SALLYPORT_LOCAL_ADDRESS_H

#include "address.h"

/* Longest text of an address of either kind, NUL included. */
#define LOCAL_TEXT_MAX (sizeof(((struct sockaddr_un *)0)->sun_path) + 2)

/* Longest path, or name after its @, without a NUL (unix(7)). */
#define LOCAL_PATH_MAX (sizeof(((struct sockaddr_un *)0)->sun_path) - 1)

/* The same in digits, in the space. */
enum { LOCAL_DIGITS_MAX = 24 };
extern char const *local_most(char space[LOCAL_DIGITS_MAX]);

/* The length is the exact one: an abstract name is not padded. Returns 0 or -1: EINVAL (no name at all),
   ENAMETOOLONG (a path may have 107 bytes on Linux, so may a name after its @). */
extern int local_parse(struct address *, char const *path);

extern int local_is_abstract(struct address const *);

/* The bytes as they are, which for a client may be any: a path up to its NUL, or @ and the name, in which a
   NUL is written @ too, as the system's own tables do. Nothing for a socket without a name. */
extern void local_put(struct text *, struct address const *);

#endif
