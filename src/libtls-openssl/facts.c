/* What a handshake found out, as variables. Whatever a peer chose is filtered and bounded here. */

#include <string.h>
#include <arpa/inet.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "openssl.h"

struct teller
{
  void (*each)(void *data, char const *name, char const *value);
  void *data;
};

static void tell(struct teller const *t, char const *name, char const *value)
{
  t->each(t->data, name, value && value[0] ? value : 0);
}

static void tell_text(struct teller const *t, char const *name, struct text *value)
{
  tell(t, name, text_end(value));
}

static void put_escaped(struct text *text, unsigned char const *s, size_t length, char const *also)
{
  static char const digits[] = "0123456789ABCDEF";
  size_t i = 0;
  for (; i < length; i++)
  {
    char escape[3] = { '\\', digits[s[i] >> 4], digits[s[i] & 15] };
    if (s[i] >= ' ' && s[i] <= '~' && !strchr(also, s[i])) text_put(text, (char const *)s + i, 1);
    else text_put(text, escape, 3);
  }
}

void text_printable(struct text *text, unsigned char const *s, size_t length)
{
  put_escaped(text, s, length, "\\");
}

/* What the library's RFC 2253 form gives is printable ASCII; a name too long for the text is cut. */
void name_text(struct text *text, X509_NAME const *name)
{
  BIO *b = BIO_new(BIO_s_mem());
  char *s;
  if (b && X509_NAME_print_ex(b, name, 0, XN_FLAG_RFC2253) >= 0)
  {
    long length = BIO_get_mem_data(b, &s);
    if (length > 0) text_scrubbed(text, s, (size_t)length);
  }
  BIO_free(b);
}

void fingerprint_text(struct text *text, X509 const *x)
{
  static char const digits[] = "0123456789abcdef";
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int length = 0, i = 0;
  if (!X509_digest(x, EVP_sha256(), digest, &length)) return;
  text_string(text, "SHA256:");
  for (; i < length; i++)
  {
    text_put(text, digits + (digest[i] >> 4), 1);
    text_put(text, digits + (digest[i] & 15), 1);
  }
}

static void tell_name(struct teller const *t, char const *variable, X509_NAME const *name)
{
  char space[1024];
  struct text value = TEXT_IN(space);
  name_text(&value, name);
  if (value.cut) value.length = 0;  /* half a name is another name */
  tell_text(t, variable, &value);
}

/* The last CN is the most specific one. */
static void tell_common_name(struct teller const *t, X509_NAME const *name)
{
  char space[256];
  struct text value = TEXT_IN(space);
  int i = -1, last = -1;
  unsigned char *utf8;
  while ((i = X509_NAME_get_index_by_NID(name, NID_commonName, i)) >= 0) last = i;
  if (last >= 0)
  {
    int length = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, last)));
    if (length > 0)
    {
      text_printable(&value, utf8, (size_t)length);
      OPENSSL_free(utf8);
    }
  }
  if (value.cut) value.length = 0;
  tell_text(t, "SSL_PEER_CERT_CN", &value);
}

static void put_general(struct text *text, char const *type, ASN1_STRING const *value)
{
  if (text->length) text_string(text, ",");
  text_string(text, type);
  put_escaped(text, ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value), "\\, ");
}

static void put_ip(struct text *text, ASN1_OCTET_STRING const *ip)
{
  char space[INET6_ADDRSTRLEN];
  int length = ASN1_STRING_length(ip);
  if (length != 4 && length != 16) return;
  if (text->length) text_string(text, ",");
  text_string(text, "IP:");
  text_string(text, inet_ntop(length == 4 ? AF_INET : AF_INET6, ASN1_STRING_get0_data(ip), space, sizeof space));
}

static void put_alternative(struct text *text, GENERAL_NAME const *name)
{
  switch (name->type)
  {
    case GEN_DNS : put_general(text, "DNS:", name->d.dNSName); break;
    case GEN_EMAIL : put_general(text, "email:", name->d.rfc822Name); break;
    case GEN_URI : put_general(text, "URI:", name->d.uniformResourceIdentifier); break;
    case GEN_IPADD : put_ip(text, name->d.iPAddress); break;
    default : break;
  }
}

/* All names, or those that fit: never a part of one. */
static void tell_alternatives(struct teller const *t, X509 const *x)
{
  char space[1024];
  struct text value = TEXT_IN(space);
  GENERAL_NAMES *names = X509_get_ext_d2i(x, NID_subject_alt_name, 0, 0);
  size_t whole = 0;
  int i = 0;
  for (; names && i < sk_GENERAL_NAME_num(names) && !value.cut; i++)
  {
    put_alternative(&value, sk_GENERAL_NAME_value(names, i));
    if (!value.cut && value.length < value.max) whole = value.length;
  }
  GENERAL_NAMES_free(names);
  value.length = whole;
  tell_text(t, "SSL_PEER_CERT_SAN", &value);
}

static void tell_serial(struct teller const *t, X509 const *x)
{
  char space[128];
  struct text value = TEXT_IN(space);
  ASN1_INTEGER const *serial = X509_get0_serialNumber(x);
  BIGNUM *n = ASN1_INTEGER_to_BN(serial, 0);
  char *hex = n ? BN_bn2hex(n) : 0;
  if (hex) text_string(&value, hex);
  OPENSSL_free(hex);
  BN_free(n);
  if (value.cut) value.length = 0;
  tell_text(t, "SSL_PEER_CERT_SERIAL", &value);
}

/* RFC 3339, as in 2026-11-27T18:00:00Z. */
static void tell_end(struct teller const *t, X509 const *x)
{
  char space[32];
  struct tm tm;
  int good = ASN1_TIME_to_tm(X509_get0_notAfter(x), &tm) && strftime(space, sizeof space, "%Y-%m-%dT%H:%M:%SZ", &tm) > 0;
  tell(t, "SSL_PEER_CERT_NOTAFTER", good ? space : 0);
}

static void tell_peer(struct teller const *t, X509 const *x)
{
  char space[80];
  struct text hash = TEXT_IN(space);
  fingerprint_text(&hash, x);
  tell_text(t, "SSL_PEER_CERT_HASH", &hash);
  tell_name(t, "SSL_PEER_CERT_SUBJECT", X509_get_subject_name(x));
  tell_common_name(t, X509_get_subject_name(x));
  tell_alternatives(t, x);
  tell_name(t, "SSL_PEER_CERT_ISSUER", X509_get_issuer_name(x));
  tell_serial(t, x);
  tell_end(t, x);
}

static void tell_no_peer(struct teller const *t)
{
  static char const *const names[] = { "HASH", "SUBJECT", "CN", "SAN", "ISSUER", "SERIAL", "NOTAFTER" };
  char space[64];
  size_t i = 0;
  for (; i < sizeof names / sizeof *names; i++)
  {
    struct text name = TEXT_IN(space);
    text_string(&name, "SSL_PEER_CERT_");
    text_string(&name, names[i]);
    tell(t, text_end(&name), 0);
  }
}

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
