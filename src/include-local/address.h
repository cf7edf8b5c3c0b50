/* Internet and Unix socket addresses: strict parsing, text, and the source a client is counted in. */

#ifndef SALLYPORT_ADDRESS_H
#define SALLYPORT_ADDRESS_H

#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>
#include <netinet/in.h>

#include <skalibs/gccattributes.h>

#include "text.h"

struct address
{
  union
  {
    struct sockaddr any;
    struct sockaddr_in in4;
    struct sockaddr_in6 in6;
    struct sockaddr_un un;
  } sa;
  socklen_t length;  /* as the kernel wants it and gives it */
};

/* Longest text of an IP address, scope and NUL included. */
#define ADDRESS_TEXT_MAX 64

/* An IPv4 or IPv6 address in numbers, the whole word; `%interface` or `%index` may follow a link-local
   one. Returns 0 or -1: EINVAL (not an address), ENODEV (no such interface). */
extern int address_parse(struct address *, char const *ip, uint16_t port);

/* The operands "ip port" of a program: dies (100) naming the word that is wrong. */
extern void require_address(struct address *, char const *ip, char const *port);

/* Prints what is wrong with a word for which address_parse has failed, errno included, and with what is often meant by
   it: "WHAT must be EXPECTED, not 'WORD'" (100). */
extern void address_die(char const *what, char const *word, char const *expected) gccattr_noreturn;

/* Dies (100) if the address, called by that word, is link-local and has no scope: no socket could use it. */
extern void require_scope(struct address const *, char const *what, char const *word);

extern int address_is_ip(struct address const *);
extern uint16_t address_port(struct address const *);

/* An IPv4 address in its IPv6-mapped form, and the same as an IPv4 one; others stay as they are. */
extern int address_is_mapped(struct address const *);
extern void address_unmap(struct address *);

/* True for a link-local address without an interface. */
extern int address_lacks_scope(struct address const *);

/* True for the address "any": then only the connection knows its local address. */
extern int address_is_wildcard(struct address const *);

/* The IP without the port: lower case, shortest form, IPv4-mapped as IPv4, the scope of a link-local
   address by interface name. */
extern void address_put(struct text *, struct address const *);

/* The group a client is counted in: its address cut to a prefix, or the user that it runs as. Two clients are of
   the same source if all bytes are equal. */
struct source
{
  uint8_t bytes[16];
  uint32_t family;  /* what the bytes are: AF_INET and AF_INET6, an address; AF_UNIX, a user id */
};

extern int source_same(struct source const *, struct source const *);

/* prefix4: 0 to 32, prefix6: 0 to 128. IPv4 is kept in its IPv6-mapped form, so that a dual-stack
   listener counts 1.2.3.4 once. */
extern void source_of_address(struct source *, struct address const *, unsigned int prefix4, unsigned int prefix6);

/* (uid_t)-1: all clients whose user is unknown are one source. */
extern void source_of_user(struct source *, uid_t);

/* "192.0.2.7", or "2001:db8::/64" where the prefix groups several addresses; "uid:1000", or "uid:?". */
extern void source_put(struct text *, struct source const *, unsigned int prefix4, unsigned int prefix6);

#endif
