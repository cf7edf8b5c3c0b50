/* The client side of UCSPI: the connection is on descriptor 6 for reading and 7 for writing, and
   variables describe its ends. All of these die (111) if the system refuses. */

#ifndef SALLYPORT_CLIENT_H
#define SALLYPORT_CLIENT_H

#include "address.h"
#include "opts.h"

enum { CLIENT_READ = 6, CLIENT_WRITE = 7 };

/* What -q, -Q and -v come to, in their order: 1 without any, never less than 0. */
extern unsigned int client_verbosity(struct opts const *);

/* The argument of --local-address; dies (100) if it is none. */
extern void client_local_address(struct address *, char const *word);

/* Makes sure that 0, 1 and 2 are open, so that no socket can land there. */
extern void client_begin(void);

/* Moves the connection to 6 and 7, closing what was there. */
extern void client_descriptors(int fd);

/* The addresses of both ends of a connection to `tried`. */
extern void client_ends(int fd, struct address const *tried, struct address *local, struct address *remote);

/* For the next program: PROTO, and ${proto}LOCALIP, LOCALPORT, REMOTEIP, REMOTEPORT. */
extern void client_environment(char const *proto, struct address const *local, struct address const *remote);

/* Sets or (value 0) removes ${proto}${what}. */
extern void client_variable(char const *proto, char const *what, char const *value);

#endif
