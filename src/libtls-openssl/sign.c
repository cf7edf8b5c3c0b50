/* Signing with a pair's own key: what a holder of keys does. */

#include <errno.h>

#include <openssl/err.h>
#include <openssl/rsa.h>

#include "openssl.h"

enum { PSS_TRAILER = 0xbc };

/* The digests that TLS signs with: SHA-1 (20) to SHA-512 (64). */
static int is_digest(size_t length)
{
  return length >= 20 && length <= 64;
}

/* A padded block is what PSS makes: as long as the key, and ending as RFC 8017 section 9.1.1 has it. Anything else
   would be a request to decrypt. */
static int fits(EVP_PKEY *key, enum tls_signing how, unsigned char const *in, size_t length)
{
  size_t size = (size_t)EVP_PKEY_get_size(key);
  switch (how)
  {
    case TLS_SIGN_PKCS1 : return EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA && length >= 20 && length + 11 <= size;
    case TLS_SIGN_BLOCK : return EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA && length == size && in[length - 1] == PSS_TRAILER;
    case TLS_SIGN_ECDSA : return EVP_PKEY_get_base_id(key) == EVP_PKEY_EC && is_digest(length);
  }
  return 0;
}

static int prepare(EVP_PKEY_CTX *context, enum tls_signing how)
{
  if (EVP_PKEY_sign_init(context) != 1) return -1;
  if (how == TLS_SIGN_ECDSA) return 0;
  return EVP_PKEY_CTX_set_rsa_padding(context, how == TLS_SIGN_PKCS1 ? RSA_PKCS1_PADDING : RSA_NO_PADDING) == 1 ? 0 : -1;
}

ssize_t tls_pair_sign(struct tls_pair const *p, enum tls_signing how, unsigned char const *in, size_t length, unsigned char *out, size_t max)
{
  EVP_PKEY_CTX *context;
  ssize_t r = -1;
  if (!length || !fits(p->key, how, in, length)) return (errno = EINVAL, -1);
  context = EVP_PKEY_CTX_new(p->key, 0);
  if (context && prepare(context, how) == 0 && EVP_PKEY_sign(context, out, &max, in, length) == 1) r = (ssize_t)max;
  EVP_PKEY_CTX_free(context);
  ERR_clear_error();
  if (r == -1) errno = EINVAL;
  return r;
}
