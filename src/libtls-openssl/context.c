/* Contexts: settings, pairs and trust, made ready once for many connections. */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <openssl/err.h>

#include "openssl.h"

static void put_line(int fd, char const *line, size_t length)
{
  while (length)
  {
    ssize_t w = write(fd, line, length);
    if (w == -1 && errno == EINTR) continue;
    if (w <= 0) return;  /* the log of secrets is for debugging: a connection does not end for it */
    line += w;
    length -= (size_t)w;
  }
}

/* One write(2) for each line: several processes may append to the file. */
static void log_key(SSL const *ssl, char const *secret)
{
  struct tls *t = SSL_get_app_data(ssl);
  char line[512];
  struct text text = TEXT_IN(line);
  if (!t) return;
  text_string(&text, secret);
  text_string(&text, "\n");
  if (!text.cut) put_line(t->context->settings.key_log, line, text.length);
  OPENSSL_cleanse(line, sizeof line);
}

/* What is good goes on, and what is not is remembered in the result of the verification, for tls_facts.c. */
static int go_on(int good, X509_STORE_CTX *store)
{
  (void)good;
  (void)store;
  return 1;
}

static void ask_client(SSL_CTX *ssl, struct tls_settings const *s)
{
  switch (s->ask)
  {
    case TLS_ASK_NOTHING : break;
    case TLS_ASK_OPTIONAL : SSL_CTX_set_verify(ssl, SSL_VERIFY_PEER, &go_on); break;
    case TLS_ASK_REQUIRED : SSL_CTX_set_verify(ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, 0); break;
  }
}

static void set_common(SSL_CTX *ssl, struct tls_settings const *s)
{
  SSL_CTX_set_options(ssl, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(ssl, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(ssl, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_read_ahead(ssl, 1);
  if (s->key_log >= 0) SSL_CTX_set_keylog_callback(ssl, &log_key);
}

/* An id that changes with what is believed and asked for: a session begun under other rules is not resumed. */
static int set_session_id(SSL_CTX *ssl, struct tls_context const *c)
{
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  EVP_MD_CTX *md = EVP_MD_CTX_new();
  int good = md && EVP_DigestInit_ex(md, EVP_sha256(), 0) && EVP_DigestUpdate(md, &c->settings.ask, sizeof c->settings.ask)
    && EVP_DigestUpdate(md, &c->trusted, sizeof c->trusted) && EVP_DigestFinal_ex(md, digest, &length);
  EVP_MD_CTX_free(md);
  return good && SSL_CTX_set_session_id_context(ssl, digest, length) ? 0 : -1;
}

static void set_server(SSL_CTX *ssl, struct tls_context *c)
{
  ask_client(ssl, &c->settings);
  tickets_attach(ssl, c->settings.tickets);
  SSL_CTX_set_dh_auto(ssl, 1);
  SSL_CTX_set_tlsext_servername_callback(ssl, &choose_name);
  SSL_CTX_set_tlsext_servername_arg(ssl, c);
  if (c->alpn_length) SSL_CTX_set_alpn_select_cb(ssl, &choose_protocol, c);
}

static void set_client(SSL_CTX *ssl, struct tls_context *c)
{
  SSL_CTX_set_verify(ssl, c->settings.verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, 0);
  if (c->alpn_length) SSL_CTX_set_alpn_protos(ssl, c->alpn, (unsigned int)c->alpn_length);
}

static void set_trust(SSL_CTX *ssl, struct tls_context *c)
{
  if (!c->store) return;
  SSL_CTX_set1_cert_store(ssl, c->store);
  if (c->settings.is_server && c->authorities) SSL_CTX_set_client_CA_list(ssl, SSL_dup_CA_list(c->authorities));
}

static SSL_CTX *ssl_new(struct tls_context *c, struct text *why)
{
  SSL_CTX *ssl = SSL_CTX_new(c->settings.is_server ? TLS_server_method() : TLS_client_method());
  if (!ssl)
  {
    why_library(why, "unable to start the TLS library");
    errno = ENOMEM;
    return 0;
  }
  set_common(ssl, &c->settings);
  if (words_set(ssl, &c->settings, why) == -1 || set_session_id(ssl, c) == -1)
  {
    SSL_CTX_free(ssl);
    return 0;
  }
  if (c->settings.is_server) set_server(ssl, c);
  else set_client(ssl, c);
  set_trust(ssl, c);
  return ssl;
}

/* What the library has is the system's again when the process ends: to free it piece by piece only costs time. */
static void start_library(void)
{
  OPENSSL_init_ssl(OPENSSL_INIT_NO_ATEXIT, 0);
}

struct tls_context *tls_context_new(struct tls_settings const *s, struct text *why)
{
  struct tls_context *c;
  start_library();
  c = OPENSSL_zalloc(sizeof *c);
  if (!c)
  {
    text_string(why, "out of memory");
    return (errno = ENOMEM, (struct tls_context *)0);
  }
  c->settings = *s;
  if (s->alpn && !(c->alpn_length = protocols_parse(c->alpn, sizeof c->alpn, s->alpn)))
  {
    text_string(why, "protocols must be names of 1 to 255 bytes separated by commas, 256 bytes in all");
    errno = EINVAL;
  }
  else c->ssl = ssl_new(c, why);
  if (c->ssl) return c;
  OPENSSL_free(c);
  return 0;
}

int tls_context_trust(struct tls_context *c, struct text *why)
{
  if (trust_load(c, why) == -1) return -1;
  set_trust(c->ssl, c);
  return set_session_id(c->ssl, c);
}

static struct named *find(struct tls_context *c, char const *name)
{
  size_t i = 0;
  for (; i < c->name_count; i++) if (!strcmp(c->names[i].name, name)) return c->names + i;
  return 0;
}

/* The context of a name, a new one if need be. */
static SSL_CTX *ssl_of(struct tls_context *c, char const *name, struct text *why)
{
  char plain[256];
  int is_wildcard = name[0] == '*' && name[1] == '.';
  struct named *n;
  if (tls_server_name(plain + (is_wildcard ? 2 : 0), name + (is_wildcard ? 2 : 0)) == -1 || strlen(plain + (is_wildcard ? 2 : 0)) > 251)
  {
    text_string(why, "it is no host name");
    return 0;
  }
  if (is_wildcard) memcpy(plain, "*.", 2);
  n = find(c, plain);
  if (n) return n->ssl;
  n = OPENSSL_realloc(c->names, (c->name_count + 1) * sizeof *n);
  if (!n)
  {
    text_string(why, "out of memory");
    return 0;
  }
  c->names = n;
  n += c->name_count;
  strcpy(n->name, plain);
  n->ssl = ssl_new(c, why);
  if (n->ssl) c->name_count++;
  return n->ssl;
}

int tls_context_pair(struct tls_context *c, char const *name, struct tls_pair const *p, struct text *why)
{
  SSL_CTX *ssl = name ? ssl_of(c, name, why) : c->ssl;
  int i = 0;
  int good;
  if (!ssl) return -1;
  good = SSL_CTX_use_certificate(ssl, p->leaf) == 1 && SSL_CTX_use_PrivateKey(ssl, p->key) == 1 && SSL_CTX_clear_chain_certs(ssl);
  for (; good && i < sk_X509_num(p->chain); i++) good = SSL_CTX_add1_chain_cert(ssl, sk_X509_value(p->chain, i)) == 1;
  if (!good) why_library(why, "unable to use the certificate");
  ERR_clear_error();
  return good ? 0 : -1;
}

void tls_context_free(struct tls_context *c)
{
  size_t i = 0;
  if (!c) return;
  for (; i < c->name_count; i++) SSL_CTX_free(c->names[i].ssl);
  OPENSSL_free(c->names);
  X509_STORE_free(c->store);
  sk_X509_NAME_pop_free(c->authorities, X509_NAME_free);
  SSL_CTX_free(c->ssl);
  OPENSSL_free(c);
}
