/* The PROXY protocol, as the document of that name describes it (haproxy.org, proxy-protocol.txt, versions 1
   and 2): a header before the first byte of a connection, in which a balancer names the client.
   Nothing here reads from a descriptor or keeps anything. */

#ifndef SALLYPORT_PROXY_H
#define SALLYPORT_PROXY_H

#include <stddef.h>

#include "address.h"

enum
{
  PROXY_V2_SHORTEST = 16,
  PROXY_V1_LONGEST = 107,  /* with CR and LF, by the specification */
  PROXY_LONGEST = 4096     /* of version 2, all included: more is refused as soon as the length is there */
};

/* What is accepted. The last is for those who use the fields: what describes a TLS session must then be sound,
   and is otherwise skipped. */
enum { PROXY_V1 = 1, PROXY_V2 = 2, PROXY_ANY = 3, PROXY_FIELDS = 4 };

enum proxy_verdict
{
  PROXY_COMPLETE,  /* the first `length` bytes are a header */
  PROXY_MORE,      /* so far so good: a header that begins so has at least `length` bytes, which is more than n */
  PROXY_WRONG      /* no header begins so: see `why` */
};

/* The client that a header names. */
enum proxy_about
{
  PROXY_CLIENT,    /* an IP client: its addresses are in `remote` and `local` */
  PROXY_PATHS,     /* a client of a Unix-domain stream: the same, AF_UNIX */
  PROXY_DATAGRAM,  /* a sender of datagrams: nothing that a stream could carry, so the addresses are not read */
  PROXY_NOBODY,    /* UNKNOWN or UNSPEC: a client whose addresses are not to be had */
  PROXY_SENDER     /* LOCAL: the sender itself, which looks whether the service is alive */
};

/* What else a header may have. */
enum proxy_field
{
  PROXY_SERVERNAME, PROXY_TLS_VERSION, PROXY_TLS_NAME, PROXY_TLS_CIPHER, PROXY_UNIQUE_ID, PROXY_ALPN,
  PROXY_FIELD_COUNT
};

/* SSL_TLS_SNI_SERVERNAME, SSL_PROTOCOL, SSL_PEER_CERT_CN, SSL_CIPHER, PROXY_UNIQUE_ID, PROXY_ALPN. */
extern char const *const proxy_field_names[PROXY_FIELD_COUNT];

/* Longer values are not kept, nor are those with bytes that are not printable ASCII. */
enum { PROXY_VALUE_LONGEST = 255 };

struct proxy_value
{
  char const *s;  /* in the header, so no longer there than it is; 0: not in the header, or not fit to be used */
  size_t length;
};

struct proxy_header
{
  size_t length;
  char const *why;   /* completes "bad proxy header: ..." */
  unsigned int version;  /* PROXY_V1 or PROXY_V2 once the first byte has been seen, or else 0 */
  enum proxy_about about;
  struct address remote, local;
  struct proxy_value fields[PROXY_FIELD_COUNT];
};

/* Looks at the first n bytes of a connection. `accepted` is made of the bits above. */
extern enum proxy_verdict proxy_parse(struct proxy_header *, char const *bytes, size_t n, unsigned int accepted);

/* Writes a header of that version, PROXY_V1 or PROXY_V2, and returns its length, at most PROXY_V1_LONGEST. Two
   IP addresses; if one is IPv6, IPv4 is written in its mapped form. remote 0: there is no client to speak of, which
   is LOCAL, or UNKNOWN in version 1. */
extern size_t proxy_write(char *s, unsigned int version, struct address const *remote, struct address const *local);

#endif
