/* Variables about a handshake, one at a time, to the function that wants them. */

#ifndef SALLYPORT_TELLER_H
#define SALLYPORT_TELLER_H

#include "openssl.h"

struct teller
{
  void (*each)(void *data, char const *name, char const *value);  /* value 0: it has none */
  void *data;
};

/* An empty value is none. */
extern void tell(struct teller const *, char const *name, char const *value);
extern void tell_text(struct teller const *, char const *name, struct text *value);

/* ---- peer_cert.c: all that starts with SSL_PEER_CERT_ ---- */

extern void tell_peer(struct teller const *, X509 const *);
extern void tell_no_peer(struct teller const *);

#endif
