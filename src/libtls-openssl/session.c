/* One connection: the handshake, and what comes after it. */

#include <errno.h>
#include <string.h>
#include <arpa/inet.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "openssl.h"

enum { ALERT_FATAL = 2 };

/* SSL_CTX_set_info_callback(3): `value` is the level and the description of an alert. */
static void notice(SSL const *ssl, int where, int value)
{
  struct tls *t = SSL_get_app_data(ssl);
  int is_fatal = value >> 8 == ALERT_FATAL;
  if (!t || !(where & SSL_CB_ALERT)) return;
  if (where & SSL_CB_READ)
  {
    if ((value & 255) == SSL_AD_CLOSE_NOTIFY) t->notified = 1;
    else if (is_fatal) t->alert_received = value;
  }
  else if (is_fatal) t->alert_sent = value;
}

struct tls *tls_new(struct tls_context *c, struct tls_wire const *wire)
{
  struct tls *t = OPENSSL_zalloc(sizeof *t);
  BIO *b;
  if (!t) return 0;
  t->context = c;
  t->wire = *wire;
  t->alert_sent = t->alert_received = -1;
  t->ssl = SSL_new(c->ssl);
  b = t->ssl ? wire_bio(t) : 0;
  if (!b)
  {
    tls_free(t);
    return (errno = ENOMEM, (struct tls *)0);
  }
  SSL_set_bio(t->ssl, b, b);
  SSL_set_app_data(t->ssl, t);
  SSL_set_info_callback(t->ssl, &notice);
  if (c->settings.is_server) SSL_set_accept_state(t->ssl);
  else SSL_set_connect_state(t->ssl);
  return t;
}

static int is_address(char const *host)
{
  unsigned char bytes[16];
  return inet_pton(AF_INET, host, bytes) == 1 || inet_pton(AF_INET6, host, bytes) == 1;
}

int tls_expect(struct tls *t, char const *host)
{
  char name[254];
  int good;
  if (is_address(host)) good = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(t->ssl), host);
  else
  {
    if (tls_server_name(name, host) == -1) return (errno = EINVAL, -1);
    SSL_set_hostflags(t->ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    good = SSL_set1_host(t->ssl, name) && SSL_set_tlsext_host_name(t->ssl, name);
  }
  ERR_clear_error();
  return good ? 0 : (errno = EINVAL, -1);
}

static void begin(struct tls *t)
{
  ERR_clear_error();
  t->wire_errno = 0;
}

/* What a call that did not go through means. */
static enum tls_step step_of(struct tls *t, int result, char const *what, struct text *why)
{
  int error = SSL_get_error(t->ssl, result);
  if (error == SSL_ERROR_WANT_READ) return TLS_WANT_READ;
  if (error == SSL_ERROR_WANT_WRITE) return TLS_WANT_WRITE;
  /* The library reports a write in the same way that fails when the peer's end has come before. */
  if (error == SSL_ERROR_ZERO_RETURN && !t->wire_errno && SSL_is_init_finished(t->ssl))
  {
    ERR_clear_error();
    if (t->notified) return TLS_NOTIFIED;
    /* The library takes the end of the wire for the end of the session wherever it comes. */
    if (!SSL_has_pending(t->ssl)) return TLS_END;
    text_string(why, what);
    text_string(why, " failed: the peer closed the connection inside a record");
    return TLS_FAILED;
  }
  why_step(why, t, what, error);
  return TLS_FAILED;
}

enum tls_step tls_handshake(struct tls *t, struct text *why)
{
  int r;
  begin(t);
  r = SSL_do_handshake(t->ssl);
  return r == 1 ? TLS_DONE : step_of(t, r, "TLS handshake", why);
}

enum tls_step tls_read(struct tls *t, char *s, size_t max, size_t *got, struct text *why)
{
  int r;
  begin(t);
  r = SSL_read_ex(t->ssl, s, max, got);
  return r == 1 ? TLS_DONE : step_of(t, r, "reading", why);
}

enum tls_step tls_write(struct tls *t, char const *s, size_t length, size_t *put, struct text *why)
{
  int r;
  begin(t);
  r = SSL_write_ex(t->ssl, s, length, put);
  return r == 1 ? TLS_DONE : step_of(t, r, "writing", why);
}

/* The library has two halves here: 0 means that the first one, ours, is done. */
enum tls_step tls_close(struct tls *t, struct text *why)
{
  int r;
  begin(t);
  r = SSL_shutdown(t->ssl);
  if (r >= 0) return TLS_DONE;
  return SSL_get_shutdown(t->ssl) & SSL_SENT_SHUTDOWN && SSL_get_error(t->ssl, r) == SSL_ERROR_WANT_READ ? TLS_DONE : step_of(t, r, "closing", why);
}

int tls_has_pending(struct tls const *t)
{
  return SSL_has_pending(t->ssl);
}

int tls_closes_by_half(struct tls const *t)
{
  return SSL_version(t->ssl) >= TLS1_3_VERSION;
}

void tls_free(struct tls *t)
{
  if (!t) return;
  SSL_free(t->ssl);
  OPENSSL_free(t);
}
