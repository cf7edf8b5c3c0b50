/* What the files of this folder share. Nothing else in the project includes OpenSSL. */

#ifndef SALLYPORT_OPENSSL_H
#define SALLYPORT_OPENSSL_H

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "tls.h"

struct tls_pair
{
  X509 *leaf;
  STACK_OF(X509) *chain;  /* without the leaf */
  EVP_PKEY *key;          /* a borrowed one signs by its signer */
};

enum { TICKET_KEY_SIZE = 80, TICKET_KEYS_MAX = TLS_TICKETS_MAX / TICKET_KEY_SIZE, TICKET_KEY_SHORT = 48 };

struct ticket_key
{
  unsigned char name[16];
  unsigned char hmac[32];
  unsigned char aes[32];
  size_t length;  /* of the hmac and the aes key: 32, or 16 in the short form */
};

struct tls_tickets
{
  struct ticket_key keys[TICKET_KEYS_MAX];
  size_t count;  /* the first one is for new tickets */
};

struct named
{
  char name[254];     /* "*." may begin it */
  SSL_CTX *ssl;
};

struct tls_context
{
  struct tls_settings settings;
  SSL_CTX *ssl;       /* the default's, also where there is no default pair */
  struct named *names;
  size_t name_count;
  uint64_t trusted;   /* changes with the files of the store */
  X509_STORE *store;  /* whose certificates are believed, or 0 */
  STACK_OF(X509_NAME) *authorities;  /* their names, for a client that is asked for a certificate */
  unsigned char alpn[256];  /* as on the wire: each with its length before it */
  size_t alpn_length;
};

struct tls
{
  SSL *ssl;
  struct tls_context *context;
  struct tls_wire wire;
  int wire_errno;       /* of the last call that failed, 0: none */
  int wire_ended;       /* the wire can be read no further */
  int notified;         /* the peer's close_notify has come */
  int alert_sent;       /* the last fatal alerts, or -1 */
  int alert_received;
  char server_name[254];  /* filtered; empty: none */
};

/* "WHAT: REASON", with the reason of the first error in the library's queue, which is emptied. */
extern void why_library(struct text *why, char const *what);

/* Why a step of a connection has failed, by what was seen on it; `what` is "handshake" or the like. */
extern void why_step(struct text *why, struct tls *, char const *what, int error);

extern BIO *wire_bio(struct tls *);

/* Callbacks of the library: the server name, and the protocol (ALPN). */
extern int choose_name(SSL *, int *alert, void *context);
extern int choose_protocol(SSL *, unsigned char const **out, unsigned char *length, unsigned char const *in, unsigned int in_length, void *context);

/* "h2,http/1.1" as it is on the wire: its length, or 0 if it is malformed. */
extern size_t protocols_parse(unsigned char *wire, size_t max, char const *list);

/* The lowest version, the ciphers and the groups of the settings. -1 with EINVAL and why, which names the word that is wrong. */
extern int words_set(SSL_CTX *, struct tls_settings const *, struct text *why);

/* Makes tickets with the keys of the settings. */
extern void tickets_attach(SSL_CTX *, struct tls_tickets *);

/* A key that is only a public one, and signs by the signer; 0 with why. */
extern EVP_PKEY *borrowed_key(X509 *leaf, struct tls_signer const *, unsigned int number, struct text *why);

/* Fills the store of the context. -1 with why. */
extern int trust_load(struct tls_context *, struct text *why);

/* RFC 4514 text of a name: what does not fit is cut. */
extern void name_text(struct text *, X509_NAME const *);
extern void fingerprint_text(struct text *, X509 const *);

/* Printable ASCII as it is, anything else as backslash and two hexadecimal digits, the backslash too. */
extern void text_printable(struct text *, unsigned char const *, size_t length);

/* The same for anything else and for the characters in `also`. */
extern void text_escaped(struct text *, unsigned char const *, size_t length, char const *also);

#endif
