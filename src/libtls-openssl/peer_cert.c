/* The certificate of the peer, as variables. What does not fit is left out: half a name is another name. */

#include <arpa/inet.h>

#include <openssl/x509v3.h>

#include "teller.h"

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
    if (length >= 0)
    {
      text_printable(&value, utf8, (size_t)length);
      OPENSSL_free(utf8);  /* an empty name is allocated, too */
    }
  }
  if (value.cut) value.length = 0;
  tell_text(t, "SSL_PEER_CERT_CN", &value);
}

static void put_general(struct text *text, char const *type, ASN1_STRING const *value)
{
  if (text->length) text_string(text, ",");
  text_string(text, type);
  text_escaped(text, ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value), "\\, ");
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

void tell_peer(struct teller const *t, X509 const *x)
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

void tell_no_peer(struct teller const *t)
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
