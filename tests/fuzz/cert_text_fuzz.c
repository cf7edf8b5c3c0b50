/* Any bytes as names in a certificate, or as a certificate: each variable about it is printable, on one line, and of bounded
   length; a name is there as a whole or not at all. */

#include <openssl/x509v3.h>

#include "fuzz.h"
#include "libtls-openssl/teller.h"

/* ---- a certificate of pieces: a byte for the kind, one for the length, the bytes ---- */

static void add_to_subject(X509 *x, uint8_t kind, uint8_t const *s, int length)
{
  static int const types[] = { V_ASN1_UTF8STRING, V_ASN1_PRINTABLESTRING, V_ASN1_IA5STRING, V_ASN1_BMPSTRING, V_ASN1_UNIVERSALSTRING, V_ASN1_T61STRING, MBSTRING_UTF8, V_ASN1_OCTET_STRING };
  static int const names[] = { NID_commonName, NID_organizationName, NID_countryName, NID_pkcs9_emailAddress };
  X509_NAME_add_entry_by_NID(X509_get_subject_name(x), names[kind & 3], types[kind >> 2 & 7], s, length, -1, 0);
}

static void add_alternative(GENERAL_NAMES *all, uint8_t kind, uint8_t const *s, int length)
{
  static int const types[] = { GEN_DNS, GEN_EMAIL, GEN_URI, GEN_IPADD };
  int type = types[kind & 3];
  GENERAL_NAME *name = GENERAL_NAME_new();
  ASN1_STRING *text = type == GEN_IPADD ? ASN1_OCTET_STRING_new() : ASN1_IA5STRING_new();
  HOLDS(name && text && ASN1_STRING_set(text, s, length));
  GENERAL_NAME_set0_value(name, type, text);
  HOLDS(sk_GENERAL_NAME_push(all, name));
}

static X509 *certificate_of_pieces(uint8_t const *data, size_t size)
{
  X509 *x = X509_new();
  GENERAL_NAMES *all = sk_GENERAL_NAME_new_null();
  HOLDS(x && all);
  while (size >= 2)
  {
    uint8_t kind = data[0];
    size_t length = data[1] < size - 2 ? data[1] : size - 2;
    if (kind & 128) add_alternative(all, kind, data + 2, (int)length);
    else add_to_subject(x, kind, data + 2, (int)length);
    data += 2 + length;
    size -= 2 + length;
  }
  X509_add1_ext_i2d(x, NID_subject_alt_name, all, 0, 0);
  GENERAL_NAMES_free(all);
  return x;
}

/* ---- */

/* Of the list of other names each begins with its kind. */
static void check_list(char const *value)
{
  while (value)
  {
    HOLDS(!strncmp(value, "DNS:", 4) || !strncmp(value, "email:", 6) || !strncmp(value, "URI:", 4) || !strncmp(value, "IP:", 3));
    value = strchr(value, ',');
    if (value) value++;
  }
}

static void look(void *data, char const *name, char const *value)
{
  char const *s = value;
  (void)data;
  HOLDS(!strncmp(name, "SSL_PEER_CERT_", 14));
  if (!value) return;
  HOLDS(*value && strlen(value) < 1024);
  for (; *s; s++) HOLDS(*s >= ' ' && *s <= '~');
  if (!strcmp(name, "SSL_PEER_CERT_SAN")) check_list(value);
}

extern int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size);
int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size)
{
  struct teller teller = { &look, 0 };
  unsigned char const *at = data;
  X509 *x = d2i_X509(0, &at, (long)size);
  if (!x) x = certificate_of_pieces(data, size);
  tell_peer(&teller, x);
  X509_free(x);
  return 0;
}
