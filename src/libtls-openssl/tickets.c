/* Session tickets: RFC 5077 as the library does it, with keys that processes can share and that grow old. */

#include <errno.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include "openssl.h"

enum { KEPT_BY_ROTATION = 3 };

static int tickets_index(void)
{
  static int index = -1;
  if (index == -1) index = SSL_CTX_get_ex_new_index(0, 0, 0, 0, 0);
  return index;
}

struct tls_tickets *tls_tickets_new(void)
{
  return OPENSSL_zalloc(sizeof(struct tls_tickets));
}

void tls_tickets_free(struct tls_tickets *t)
{
  OPENSSL_clear_free(t, sizeof *t);
}

int tls_tickets_load(struct tls_tickets *t, unsigned char const *bytes, size_t length)
{
  struct ticket_key *k = t->keys;
  size_t part = length == TICKET_KEY_SHORT ? 16 : 32;
  if (!length || (length != TICKET_KEY_SHORT && length % TICKET_KEY_SIZE)) return (errno = EINVAL, -1);
  if (length / TICKET_KEY_SIZE > TICKET_KEYS_MAX) return (errno = EINVAL, -1);
  t->count = 0;
  for (; length; length -= 16 + 2 * part, bytes += 16 + 2 * part, k++, t->count++)
  {
    /* nginx: 48 bytes are name, AES key, HMAC key; 80 bytes are name, HMAC key, AES key. */
    unsigned char const *first = bytes + 16, *second = first + part;
    memcpy(k->name, bytes, 16);
    memcpy(part == 16 ? k->aes : k->hmac, first, part);
    memcpy(part == 16 ? k->hmac : k->aes, second, part);
    k->length = part;
  }
  return 0;
}

/* 80 bytes for each key; the short form is that of a single key. */
size_t tls_tickets_store(struct tls_tickets const *t, unsigned char *bytes)
{
  size_t i = 0, length = 0;
  for (; i < t->count; i++)
  {
    struct ticket_key const *k = t->keys + i;
    memcpy(bytes + length, k->name, 16);
    memcpy(bytes + length + 16, k->length == 16 ? k->aes : k->hmac, k->length);
    memcpy(bytes + length + 16 + k->length, k->length == 16 ? k->hmac : k->aes, k->length);
    length += 16 + 2 * k->length;
  }
  return length;
}

int tls_tickets_rotate(struct tls_tickets *t)
{
  struct ticket_key fresh;
  memset(&fresh, 0, sizeof fresh);
  fresh.length = 32;
  if (RAND_bytes(fresh.name, sizeof fresh.name) != 1 || RAND_priv_bytes(fresh.hmac, sizeof fresh.hmac) != 1
    || RAND_priv_bytes(fresh.aes, sizeof fresh.aes) != 1) return -1;
  memmove(t->keys + 1, t->keys, (KEPT_BY_ROTATION - 1) * sizeof *t->keys);
  t->keys[0] = fresh;
  if (t->count < KEPT_BY_ROTATION) t->count++;
  OPENSSL_cleanse(&fresh, sizeof fresh);
  return 0;
}

static struct ticket_key *find(struct tls_tickets *t, unsigned char const *name)
{
  size_t i = 0;
  for (; i < t->count; i++) if (!memcmp(t->keys[i].name, name, sizeof t->keys[i].name)) return t->keys + i;
  return 0;
}

static int use(struct ticket_key *k, unsigned char *iv, EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac, int encrypt)
{
  char digest[] = "SHA256";
  OSSL_PARAM parameters[3];
  EVP_CIPHER const *aes = k->length == 16 ? EVP_aes_128_cbc() : EVP_aes_256_cbc();
  parameters[0] = OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, k->hmac, k->length);
  parameters[1] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0);
  parameters[2] = OSSL_PARAM_construct_end();
  return EVP_CipherInit_ex(cipher, aes, 0, k->aes, iv, encrypt) == 1 && EVP_MAC_CTX_set_params(mac, parameters) == 1;
}

/* RFC 8446 C.4: clients should use a ticket of TLS 1.3 only once, so each visit must give them another. */
static int is_used_up(struct tls_tickets const *t, struct ticket_key const *k, SSL const *ssl)
{
  return k != t->keys || SSL_version(ssl) == TLS1_3_VERSION;
}

/* SSL_CTX_set_tlsext_ticket_key_evp_cb(3): 1 good, 2 good and to be renewed, 0 unknown, -1 failed. */
static int ticket_key(SSL *ssl, unsigned char *name, unsigned char *iv, EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac, int encrypt)
{
  struct tls_tickets *t = SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), tickets_index());
  struct ticket_key *k;
  if (!t || !t->count) return 0;
  k = encrypt ? t->keys : find(t, name);
  if (!k) return 0;
  if (encrypt)
  {
    if (RAND_bytes(iv, EVP_MAX_IV_LENGTH) != 1) return -1;
    memcpy(name, k->name, sizeof k->name);
  }
  if (!use(k, iv, cipher, mac, encrypt)) return -1;
  return encrypt || !is_used_up(t, k, ssl) ? 1 : 2;
}

void tickets_attach(SSL_CTX *ssl, struct tls_tickets *t)
{
  if (!t)
  {
    SSL_CTX_set_options(ssl, SSL_OP_NO_TICKET);
    SSL_CTX_set_num_tickets(ssl, 0);
    return;
  }
  SSL_CTX_set_num_tickets(ssl, 1);
  SSL_CTX_set_ex_data(ssl, tickets_index(), t);
  SSL_CTX_set_tlsext_ticket_key_evp_cb(ssl, &ticket_key);
}
