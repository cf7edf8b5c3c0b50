/* The word "host" of every program that asks the system's resolver: what is taken, and what is printed of the rest. */

#ifndef SALLYPORT_HOST_H
#define SALLYPORT_HOST_H

#include <skalibs/gccattributes.h>

/* False for what looks like an address and is none. Resolvers take 0177.0.0.1, 0x7f.1 and 127.1 for addresses, some of
   them octal, some decimal. */
extern int host_is_plain(char const *host);

/* Dies (100) if it is not, or if it is a link-local address without a scope. */
extern void require_plain_host(char const *host);

/* Dies (100) if service is meant as a port number, or has to be one, and is none. */
extern void require_service_word(char const *service, int is_numeric);

/* Prints why getaddrinfo(3) failed with that code. Exits 100 if the service does not exist, or if host had to be an
   address and is none, and 111 otherwise: a name that does not exist today may exist tomorrow. errno counts for
   EAI_SYSTEM. */
extern void host_die(char const *host, char const *service, int is_numeric, int code) gccattr_noreturn;

/* "unable to look up HOST: there is no such host", 111. */
extern void host_die_unknown(char const *host) gccattr_noreturn;

#endif
