/* What a pair is, for logs and checks at the start. */

#include <string.h>
#include <time.h>

#include <openssl/err.h>

#include "openssl.h"

/* Days since 1970 of a date of the Gregorian calendar, without timegm(3), which POSIX does not have. */
static int64_t days(int64_t year, int month, int day)
{
  int64_t y = month <= 2 ? year - 1 : year;
  int64_t era = (y >= 0 ? y : y - 399) / 400;
  int64_t of_era = y - era * 400;
  int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static int64_t seconds(ASN1_TIME const *time)
{
  struct tm tm;
  if (!ASN1_TIME_to_tm(time, &tm)) return 0;
  return days((int64_t)tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday) * 86400 + (int64_t)tm.tm_hour * 3600 + (int64_t)tm.tm_min * 60 + tm.tm_sec;
}

static void put_kind(struct text *kind, EVP_PKEY const *key)
{
  char group[32] = "";
  size_t length;
  switch (EVP_PKEY_get_base_id(key))
  {
    case EVP_PKEY_RSA :
      text_string(kind, "RSA ");
      text_number(kind, (uint64_t)EVP_PKEY_get_bits(key));
      break;
    case EVP_PKEY_EC :
      text_string(kind, "EC ");
      if (EVP_PKEY_get_group_name(key, group, sizeof group, &length)) text_string(kind, !strcmp(group, "prime256v1") ? "P-256" : group);
      break;
    default :
      text_string(kind, EVP_PKEY_get0_type_name(key) ? EVP_PKEY_get0_type_name(key) : "unknown");
  }
}

void tls_pair_describe(struct tls_pair const *p, struct tls_pair_facts *f)
{
  struct text subject = TEXT_IN(f->subject), fingerprint = TEXT_IN(f->fingerprint), kind = TEXT_IN(f->kind);
  EVP_PKEY *key = X509_get0_pubkey(p->leaf);
  int type = key ? EVP_PKEY_get_base_id(key) : 0;
  name_text(&subject, X509_get_subject_name(p->leaf));
  text_end(&subject);
  fingerprint_text(&fingerprint, p->leaf);
  text_end(&fingerprint);
  if (key) put_kind(&kind, key);
  text_end(&kind);
  f->begins = seconds(X509_get0_notBefore(p->leaf));
  f->ends = seconds(X509_get0_notAfter(p->leaf));
  f->can_be_held = type == EVP_PKEY_RSA || type == EVP_PKEY_EC;
  ERR_clear_error();
}
