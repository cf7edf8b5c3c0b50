/* Pairs: reading certificates and keys, and signing with them. */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "openssl.h"

struct file
{
  char *s;
  size_t length;
};

static int fail(struct text *why, char const *what, char const *name, char const *reason)
{
  text_string(why, what);
  text_string(why, name);
  text_string(why, ": ");
  text_string(why, reason);
  return -1;
}

static void file_wipe(struct file *f)
{
  OPENSSL_clear_free(f->s, f->length);
  f->s = 0;
}

/* The whole file by read(2), into memory that is wiped: the library's own reader leaves copies in memory. */
static int read_all(struct file *f, int fd)
{
  ssize_t r = 1;
  while (r)
  {
    if (f->length == TLS_FILE_MAX) return (errno = EFBIG, -1);
    r = read(fd, f->s + f->length, TLS_FILE_MAX - f->length);
    if (r == -1 && errno != EINTR) return -1;
    if (r > 0) f->length += (size_t)r;
  }
  return 0;
}

static int file_read(struct file *f, char const *name, struct text *why)
{
  struct stat st;
  int e;
  int fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd == -1) return fail(why, "unable to open ", name, strerror(errno));
  f->length = 0;
  f->s = OPENSSL_malloc(TLS_FILE_MAX);
  if (!f->s) errno = ENOMEM;
  else if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) errno = EISDIR;
  else if (read_all(f, fd) == 0)
  {
    close(fd);
    return 0;
  }
  e = errno;
  close(fd);
  if (f->s) OPENSSL_clear_free(f->s, TLS_FILE_MAX);
  return fail(why, "unable to read ", name, strerror(e));
}

static struct tls_pair *pair_new(struct text *why)
{
  struct tls_pair *p = OPENSSL_zalloc(sizeof *p);
  if (p) p->chain = sk_X509_new_null();
  if (p && p->chain) return p;
  tls_pair_free(p);
  text_string(why, "out of memory");
  return 0;
}

/* Everything between BEGIN and END CERTIFICATE, the rest is passed over. */
static int read_certificates(struct tls_pair *p, char const *pem, size_t length)
{
  BIO *b = BIO_new_mem_buf(pem, (int)length);
  X509 *x;
  if (!b) return -1;
  p->leaf = PEM_read_bio_X509_AUX(b, 0, 0, 0);
  while (p->leaf && (x = PEM_read_bio_X509(b, 0, 0, 0)))
    if (!sk_X509_push(p->chain, x)) X509_free(x);
  BIO_free(b);
  if (!p->leaf) return -1;
  if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE) return -1;
  ERR_clear_error();
  return 0;
}

static int certificates_of(struct tls_pair *p, char const *pem, size_t length, char const *name, struct text *why)
{
  ERR_clear_error();
  if (read_certificates(p, pem, length) == 0) return 0;
  if (!p->leaf && ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE)
    fail(why, "unable to read ", name, "there is no PEM certificate in it");
  else
  {
    text_string(why, "unable to read ");
    why_library(why, name);
  }
  ERR_clear_error();
  return -1;
}

/* A daemon has no one to ask for a passphrase. */
static int no_password(char *s, int size, int writing, void *asked)
{
  (void)s;
  (void)size;
  (void)writing;
  *(int *)asked = 1;
  return -1;
}

static EVP_PKEY *key_of(struct file const *f, char const *name, struct text *why)
{
  int encrypted = 0;
  BIO *b = BIO_new_mem_buf(f->s, (int)f->length);
  EVP_PKEY *key = b ? PEM_read_bio_PrivateKey(b, 0, &no_password, &encrypted) : 0;
  BIO_free(b);
  ERR_clear_error();
  if (!key) fail(why, "unable to read ", name, encrypted ? "the key is encrypted, which needs a password" : "there is no PEM private key in it");
  return key;
}

static int match(struct tls_pair const *p, char const *certificates, char const *key, struct text *why)
{
  int good = X509_check_private_key(p->leaf, p->key) == 1;
  ERR_clear_error();
  if (good) return 0;
  text_string(why, "the key in ");
  text_string(why, key);
  text_string(why, " is not that of the first certificate in ");
  text_string(why, certificates);
  return -1;
}

static int load(struct tls_pair *p, char const *certificates, char const *key, struct text *why)
{
  struct file f;
  int r;
  if (file_read(&f, certificates, why) == -1) return -1;
  r = certificates_of(p, f.s, f.length, certificates, why);
  file_wipe(&f);
  if (r == -1 || file_read(&f, key, why) == -1) return -1;
  p->key = key_of(&f, key, why);
  file_wipe(&f);
  return p->key ? match(p, certificates, key, why) : -1;
}

struct tls_pair *tls_pair_read(char const *certificates, char const *key, struct text *why)
{
  struct tls_pair *p = pair_new(why);
  if (p && load(p, certificates, key, why) == 0) return p;
  tls_pair_free(p);
  return 0;
}

struct tls_pair *tls_pair_borrow(char const *pem, size_t length, struct tls_signer const *signer, unsigned int number, struct text *why)
{
  struct tls_pair *p = pair_new(why);
  if (p && certificates_of(p, pem, length, "the certificates", why) == 0)
  {
    p->key = borrowed_key(p->leaf, signer, number, why);
    if (p->key) return p;
  }
  tls_pair_free(p);
  return 0;
}

ssize_t tls_pair_pem(struct tls_pair const *p, char *pem, size_t max)
{
  BIO *b = BIO_new(BIO_s_mem());
  char *s;
  long length = -1;
  int i = 0;
  int good = b && PEM_write_bio_X509(b, p->leaf);
  for (; good && i < sk_X509_num(p->chain); i++) good = PEM_write_bio_X509(b, sk_X509_value(p->chain, i));
  if (good)
  {
    length = BIO_get_mem_data(b, &s);
    if ((size_t)length > max) length = -1;
    else memcpy(pem, s, (size_t)length);
  }
  BIO_free(b);
  if (length == -1) errno = ENOSPC;
  return length;
}

int tls_pair_covers(struct tls_pair const *p, char const *name)
{
  return X509_check_host(p->leaf, name, 0, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, 0) == 1;
}

void tls_pair_free(struct tls_pair *p)
{
  if (!p) return;
  X509_free(p->leaf);
  sk_X509_pop_free(p->chain, X509_free);
  EVP_PKEY_free(p->key);
  OPENSSL_free(p);
}
