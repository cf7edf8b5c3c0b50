/* What a handshake found out, as variables. Whatever a peer chose is filtered and bounded here. */

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "teller.h"

/* mod_ssl's and nginx's words. A client is NONE where it sent no certificate, which the result of the verification
   does not show. */
static void tell_verdict(struct teller const *t, struct tls const *tls, X509 const *x, long verdict)
{
  char space[128];
  struct text value = TEXT_IN(space);
  if (!tls->context->settings.is_server)
  {
    tell(t, "SSL_CLIENT_VERIFY", 0);
    return;
  }
  if (!x) text_string(&value, "NONE");
  else if (verdict == X509_V_OK) text_string(&value, "SUCCESS");
  else
  {
    text_string(&value, "FAILED:");
    text_string(&value, X509_verify_cert_error_string(verdict));
  }
  tell_text(t, "SSL_CLIENT_VERIFY", &value);
}

static void tell_own(struct teller const *t, struct tls const *tls)
{
  char space[80];
  struct text hash = TEXT_IN(space);
  X509 *own = SSL_get_certificate(tls->ssl);
  if (tls->context->settings.is_server && own) fingerprint_text(&hash, own);
  tell_text(t, "SSL_SERVER_CERT_HASH", &hash);
}

static void tell_protocol(struct teller const *t, struct tls const *tls)
{
  char space[256];
  struct text value = TEXT_IN(space);
  unsigned char const *alpn;
  unsigned int length;
  SSL_get0_alpn_selected(tls->ssl, &alpn, &length);
  text_printable(&value, alpn, length);
  tell_text(t, "SSL_ALPN", &value);
}

static void tell_session(struct teller const *t, struct tls const *tls)
{
  char space[16];
  struct text bits = TEXT_IN(space);
  SSL_CIPHER const *cipher = SSL_get_current_cipher(tls->ssl);
  long group = SSL_get_negotiated_group(tls->ssl);
  tell(t, "SSL_PROTOCOL", SSL_get_version(tls->ssl));
  tell(t, "SSL_CIPHER", SSL_CIPHER_get_name(cipher));
  text_number(&bits, (uint64_t)SSL_CIPHER_get_bits(cipher, 0));
  tell_text(t, "SSL_CIPHER_USEKEYSIZE", &bits);
  tell(t, "SSL_GROUP", group > 0 ? SSL_group_to_name(tls->ssl, (int)group) : 0);
  tell(t, "SSL_SESSION_RESUMED", SSL_session_reused(tls->ssl) ? "Resumed" : "Initial");
}

void tls_facts(struct tls const *tls, void (*each)(void *, char const *, char const *), void *data)
{
  struct teller t = { each, data };
  X509 *x = SSL_get1_peer_certificate(tls->ssl);
  long verdict = SSL_get_verify_result(tls->ssl);
  int is_believed = x && (verdict == X509_V_OK || (!tls->context->settings.is_server && !tls->context->settings.verify));
  tell_session(&t, tls);
  tell(&t, "SSL_TLS_SNI_SERVERNAME", tls->server_name);
  tell_protocol(&t, tls);
  tell_verdict(&t, tls, x, verdict);
  if (is_believed) tell_peer(&t, x);
  else tell_no_peer(&t);
  tell_own(&t, tls);
  X509_free(x);
  ERR_clear_error();
}
