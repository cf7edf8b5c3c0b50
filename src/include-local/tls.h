/* TLS, as our programs see it. The library that does it (OpenSSL, in src/libtls-openssl) is seen by no other code, so
   that another one could take its place. Nothing here waits, logs or ends the process; a function that can fail
   writes the cause, in words without a newline, to `why`. */

#ifndef SALLYPORT_TLS_H
#define SALLYPORT_TLS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "text.h"

/* ---- pairs: a certificate with its chain, and the key that belongs to it ---- */

struct tls_pair;

enum
{
  TLS_FILE_MAX = 262144,      /* bytes of a file with certificates or a key */
  TLS_SIGNATURE_MAX = 1024,   /* bytes of a signature, or of what is signed: RSA of 8192 bits */
  TLS_WHY_MAX = 512           /* room that is enough for any cause */
};

/* What a holder of keys is asked for. */
enum tls_signing
{
  TLS_SIGN_PKCS1 = 1,  /* RSA: the input is padded as PKCS#1 has it (a DigestInfo) */
  TLS_SIGN_BLOCK = 2,  /* RSA: the input is as long as the key, and padded already (PSS) */
  TLS_SIGN_ECDSA = 3   /* the input is a digest */
};

/* Asks another process for a signature by the key of that number. Returns its length, or -1 with errno. */
struct tls_signer
{
  ssize_t (*sign)(void *data, unsigned int key, enum tls_signing, unsigned char const *in, size_t length, unsigned char *out, size_t max);
  void *data;
};

struct tls_pair_facts
{
  char subject[256];      /* RFC 4514 form, cut if it is longer */
  char fingerprint[72];   /* "SHA256:" and 64 lower-case hexadecimal digits */
  char kind[32];          /* "RSA 2048", "EC P-256", "ED25519" */
  int64_t begins, ends;   /* seconds since 1970: the leaf is good between them */
  int can_be_held;        /* its key works with a signer */
};

/* Reads PEM files, which may be the same: the leaf comes first, its chain follows. The key must be the leaf's and
   not encrypted. What was read of the key is wiped, except in the pair. NULL with why. */
extern struct tls_pair *tls_pair_read(char const *certificates, char const *key, struct text *why);

/* The same certificates without a key: PEM text of `length` bytes. Signatures by key `number` come from the
   signer, which must outlive the pair. NULL with why. */
extern struct tls_pair *tls_pair_borrow(char const *pem, size_t length, struct tls_signer const *, unsigned int number, struct text *why);

/* The certificates of a pair as PEM, for tls_pair_borrow: the length, or -1 with ENOSPC. */
extern ssize_t tls_pair_pem(struct tls_pair const *, char *pem, size_t max);

extern void tls_pair_describe(struct tls_pair const *, struct tls_pair_facts *);

/* True if the leaf is for that host name. */
extern int tls_pair_covers(struct tls_pair const *, char const *name);

/* Signs as a signer does. The pair must have its key. -1 with EINVAL for what does not fit the key. */
extern ssize_t tls_pair_sign(struct tls_pair const *, enum tls_signing, unsigned char const *in, size_t length, unsigned char *out, size_t max);

/* The key is wiped. */
extern void tls_pair_free(struct tls_pair *);

/* ---- ticket keys, which all the processes that serve one name may share ---- */

struct tls_tickets;

enum { TLS_TICKETS_MAX = 640 };

/* Without a key, until the next two give one. NULL with ENOMEM. */
extern struct tls_tickets *tls_tickets_new(void);

/* Keys that several hosts share: 80 bytes each (or a single one of 48, as nginx has them). The first one is for new
   tickets, the others are still accepted. -1 with EINVAL. */
extern int tls_tickets_load(struct tls_tickets *, unsigned char const *keys, size_t length);

/* The same bytes as loading takes: returns how many, at most TLS_TICKETS_MAX. */
extern size_t tls_tickets_store(struct tls_tickets const *, unsigned char *keys);

/* A fresh key for new tickets; the two before it are still accepted. -1 if there is no entropy. */
extern int tls_tickets_rotate(struct tls_tickets *);

extern void tls_tickets_free(struct tls_tickets *);

/* ---- contexts: what many connections have in common ---- */

struct tls_context;

enum tls_ask { TLS_ASK_NOTHING, TLS_ASK_OPTIONAL, TLS_ASK_REQUIRED };

struct tls_settings
{
  int is_server;
  enum tls_ask ask;         /* server: for a certificate of the client */
  unsigned int sni_level;   /* server: 0 the default pair for every name; 1 pairs by name, or the default; 2 by name only */
  int verify;               /* client: the server's chain, and its name if one is expected */
  unsigned int minimum;     /* 12 for TLS 1.2 (0 means that, too), 13 for TLS 1.3 */
  struct tls_tickets *tickets;  /* server: 0 for no tickets; must outlive the context */
  char const *alpn;         /* protocols separated by commas, the preferred first, or 0 */
  char const *ciphers;      /* as the library names them, for TLS 1.2 and 1.3, separated by colons, or 0 */
  char const *groups;       /* the same for key exchange, or 0 */
  char const *ca_file;      /* PEM; 0 if none */
  char const *ca_directory; /* hashed names; 0 if none */
  int key_log;              /* descriptor for the secrets of each connection (NSS key log format), or -1 */
};

#define TLS_SETTINGS_NONE { 0, TLS_ASK_NOTHING, 0, 1, 0, 0, 0, 0, 0, 0, 0, -1 }

/* The words of the settings must outlive the context. NULL with why: EINVAL if a word of the settings is wrong. */
extern struct tls_context *tls_context_new(struct tls_settings const *, struct text *why);

/* The authorities that are trusted: those of the settings, the directory if both are given; for a client without
   either, those of the system. -1 with why. */
extern int tls_context_trust(struct tls_context *, struct text *why);

/* The directory of the system's own authorities, or the one that the library's variable names. */
extern char const *tls_system_authorities(void);

/* Adds a pair for a server name, which may begin with "*.", or (0) the default. Several pairs of one name must have
   keys of different kinds. The context keeps what it needs: the pair may be freed unless it was borrowed. -1 with why. */
extern int tls_context_pair(struct tls_context *, char const *name, struct tls_pair const *, struct text *why);

/* Does one handshake of each kind within the process, so that the children of a fork find everything ready. */
extern void tls_context_warm(struct tls_context *);

extern void tls_context_free(struct tls_context *);

/* ---- connections ---- */

struct tls;

/* How encrypted bytes travel: as read(2) and write(2), never waiting (EAGAIN). */
struct tls_wire
{
  ssize_t (*read)(void *data, char *, size_t);
  ssize_t (*write)(void *data, char const *, size_t);
  void *data;
};

enum tls_step
{
  TLS_DONE,        /* that went through */
  TLS_WANT_READ,   /* again when the wire can be read */
  TLS_WANT_WRITE,  /* again when it can be written */
  TLS_NOTIFIED,    /* the peer has sent close_notify: nothing more will come */
  TLS_END,         /* the wire has ended without that */
  TLS_FAILED       /* see why; the connection is of no use any more */
};

/* The wire is copied, its data must outlive the connection. NULL with ENOMEM. */
extern struct tls *tls_new(struct tls_context *, struct tls_wire const *);

/* Client: the server's name to send and to verify, or the IP address to verify. -1 with EINVAL. */
extern int tls_expect(struct tls *, char const *host);

extern enum tls_step tls_handshake(struct tls *, struct text *why);

/* At most `max` bytes of clear text; *got only with TLS_DONE. Reading may want to write, and vice versa. */
extern enum tls_step tls_read(struct tls *, char *, size_t max, size_t *got, struct text *why);
extern enum tls_step tls_write(struct tls *, char const *, size_t length, size_t *put, struct text *why);

/* Sends close_notify. What the peer still sends can be read. */
extern enum tls_step tls_close(struct tls *, struct text *why);

/* True if clear text may be had without the wire becoming readable. */
extern int tls_has_pending(struct tls const *);

/* True if close_notify ends one direction only (TLS 1.3). */
extern int tls_closes_by_half(struct tls const *);

/* What the handshake found out, as variables: calls `each` with every name that we know, and a value of
   printable ASCII, or 0 if the variable is to be unset. */
extern void tls_facts(struct tls const *, void (*each)(void *data, char const *name, char const *value), void *data);

extern void tls_free(struct tls *);

/* A server name as a client sent it: lower case, without a final dot, to `name` (at least 254 bytes). -1 if it holds
   anything but letters, digits, hyphens, underscores and dots, is too long, begins with a dot, or is an address. */
extern int tls_server_name(char *name, char const *sent);

#endif
