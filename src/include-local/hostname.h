/* What may be called the name of a host. Names come from strangers' name servers, and end up in paths,
   log lines and the environment. */

#ifndef SALLYPORT_HOSTNAME_H
#define SALLYPORT_HOSTNAME_H

#include <stddef.h>

/* Longest name, without a NUL (RFC 1035, 2.3.4: 255 bytes on the wire). */
enum { HOSTNAME_MAX = 253 };

/* True for letters, digits, '-' and '_' in labels of 1 to 63 of them, joined by single dots, one of which
   may also end the name. By length, so that a NUL byte is a wrong byte like any other. */
extern int hostname_is_clean(char const *name, size_t length);

/* ASCII capitals in lower case, whatever the locale is: names are compared without regard to case (RFC 4343). */
extern char hostname_lower(char c);

/* True if its last label is a number, decimal or hexadecimal: 127.1, 0x7f000001. No host has such a name. */
extern int hostname_is_number(char const *name);

#endif
