/* Keys whose private half is in another process: the library's own methods for RSA and EC, with the signature asked of
   the signer. These are deprecated names of OpenSSL 3, which has them until something takes their place. */

#define OPENSSL_SUPPRESS_DEPRECATED
#include <errno.h>

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

#include "openssl.h"

struct borrowed
{
  struct tls_signer signer;
  unsigned int number;
};

static int rsa_index(void)
{
  static int index = -1;
  if (index == -1) index = RSA_get_ex_new_index(0, 0, 0, 0, 0);
  return index;
}

static int ec_index(void)
{
  static int index = -1;
  if (index == -1) index = EC_KEY_get_ex_new_index(0, 0, 0, 0, 0);
  return index;
}

static ssize_t ask(struct borrowed const *b, enum tls_signing how, unsigned char const *in, int length, unsigned char *out, int max)
{
  if (!b || length < 0 || max < 0) return (errno = EINVAL, -1);
  return b->signer.sign(b->signer.data, b->number, how, in, (size_t)length, out, (size_t)max);
}

static int rsa_sign(int length, unsigned char const *in, unsigned char *out, RSA *rsa, int padding)
{
  enum tls_signing how = padding == RSA_PKCS1_PADDING ? TLS_SIGN_PKCS1 : TLS_SIGN_BLOCK;
  if (padding != RSA_PKCS1_PADDING && padding != RSA_NO_PADDING) return -1;
  return (int)ask(RSA_get_ex_data(rsa, rsa_index()), how, in, length, out, RSA_size(rsa));
}

static int ec_sign(int type, unsigned char const *digest, int length, unsigned char *out, unsigned int *out_length,
  BIGNUM const *kinv, BIGNUM const *r, EC_KEY *ec)
{
  ssize_t n = ask(EC_KEY_get_ex_data(ec, ec_index()), TLS_SIGN_ECDSA, digest, length, out, ECDSA_size(ec));
  (void)type;
  (void)kinv;
  (void)r;
  if (n <= 0) return 0;
  *out_length = (unsigned int)n;
  return 1;
}

static RSA_METHOD const *rsa_method(void)
{
  static RSA_METHOD *method = 0;
  if (method) return method;
  method = RSA_meth_dup(RSA_PKCS1_OpenSSL());
  if (method) RSA_meth_set_priv_enc(method, &rsa_sign);
  return method;
}

static EC_KEY_METHOD const *ec_method(void)
{
  static EC_KEY_METHOD *method = 0;
  if (method) return method;
  method = EC_KEY_METHOD_new(EC_KEY_OpenSSL());
  if (method) EC_KEY_METHOD_set_sign(method, &ec_sign, 0, 0);
  return method;
}

static EVP_PKEY *borrow_rsa(EVP_PKEY *public_key, struct borrowed *b)
{
  RSA *rsa = EVP_PKEY_get1_RSA(public_key);
  RSA *own = rsa ? RSAPublicKey_dup(rsa) : 0;
  EVP_PKEY *key = EVP_PKEY_new();
  int good = own && key && rsa_method() && RSA_set_method(own, rsa_method()) && RSA_set_ex_data(own, rsa_index(), b) && EVP_PKEY_set1_RSA(key, own);
  RSA_free(rsa);
  RSA_free(own);
  if (good) return key;
  EVP_PKEY_free(key);
  return 0;
}

static EVP_PKEY *borrow_ec(EVP_PKEY *public_key, struct borrowed *b)
{
  EC_KEY *ec = EVP_PKEY_get1_EC_KEY(public_key);
  EC_KEY *own = ec ? EC_KEY_dup(ec) : 0;
  EVP_PKEY *key = EVP_PKEY_new();
  int good = own && key && ec_method() && EC_KEY_set_method(own, ec_method()) && EC_KEY_set_ex_data(own, ec_index(), b) && EVP_PKEY_set1_EC_KEY(key, own);
  EC_KEY_free(ec);
  EC_KEY_free(own);
  if (good) return key;
  EVP_PKEY_free(key);
  return 0;
}

/* What belongs to the key stays as long as the process: contexts share keys, and a server has few. */
EVP_PKEY *borrowed_key(X509 *leaf, struct tls_signer const *signer, unsigned int number, struct text *why)
{
  EVP_PKEY *public_key = X509_get0_pubkey(leaf);
  EVP_PKEY *key = 0;
  struct borrowed *b = OPENSSL_malloc(sizeof *b);
  if (!b || !public_key)
  {
    text_string(why, b ? "the certificate has no public key that is known" : "out of memory");
    OPENSSL_free(b);
    return 0;
  }
  b->signer = *signer;
  b->number = number;
  if (EVP_PKEY_get_base_id(public_key) == EVP_PKEY_RSA) key = borrow_rsa(public_key, b);
  else if (EVP_PKEY_get_base_id(public_key) == EVP_PKEY_EC) key = borrow_ec(public_key, b);
  else text_string(why, "only RSA and ECDSA keys can be held by another process");
  if (key) return key;
  if (!why->length) why_library(why, "unable to use the certificate");
  ERR_clear_error();
  OPENSSL_free(b);
  return 0;
}
