/* What follows the addresses in version 2, type, length, value: see proxy_internal.h. */

#include <string.h>

#include "proxy_internal.h"

enum
{
  TLV_HEAD = 3,
  TLV_ALPN = 0x01, TLV_AUTHORITY = 0x02, TLV_CHECKSUM = 0x03, TLV_UNIQUE_ID = 0x05, TLV_TLS = 0x20,
  TLV_TLS_VERSION = 0x21, TLV_TLS_NAME = 0x22, TLV_TLS_CIPHER = 0x23,  /* inside TLV_TLS */
  TLS_HEAD = 5,        /* flags, and 0 in four bytes if the client's certificate was verified */
  TLS_USED = 0x01,     /* the flag */
  CHECKSUM = 4,
  UNIQUE_ID_LONGEST = 128
};

int tlv_next(struct tlv *t, char const **s, size_t *n)
{
  if (!*n) return 0;
  if (*n < TLV_HEAD) return -1;
  t->type = (uint8_t)**s;
  t->length = number16(*s + 1);
  t->value = *s + TLV_HEAD;
  if (t->length > *n - TLV_HEAD) return -1;
  *s += TLV_HEAD + t->length;
  *n -= TLV_HEAD + t->length;
  return 1;
}

int tlv_fit(char const *s, size_t n)
{
  struct tlv t;
  int r;
  do r = tlv_next(&t, &s, &n);
  while (r == 1);
  return !r;
}

/* Over the whole header, with zeros where the sum stands. */
static uint32_t sum_without(char const *header, size_t length, char const *sum)
{
  static char const zeros[CHECKSUM] = { 0, 0, 0, 0 };
  size_t before = (size_t)(sum - header);
  uint32_t crc = crc32c(0, header, before);
  crc = crc32c(crc, zeros, CHECKSUM);
  return crc32c(crc, sum + CHECKSUM, length - before - CHECKSUM);
}

int tlv_checksum(char const *header, size_t length, char const *s, size_t n, char const **why)
{
  struct tlv t;
  char const *sum = 0;
  if (!tlv_fit(s, n)) return 1;
  while (tlv_next(&t, &s, &n) == 1)
  {
    if (t.type != TLV_CHECKSUM) continue;
    if (t.length != CHECKSUM) return (*why = "a checksum that is not 4 bytes long", -1);
    if (sum) return (*why = "two checksums", -1);
    sum = t.value;
  }
  if (!sum) return 1;
  if (sum_without(header, length, sum) != number32(sum)) return (*why = "wrong checksum", -1);
  return 0;
}

static void keep(struct proxy_header *h, enum proxy_field field, struct tlv const *t)
{
  size_t i = 0;
  if (!t->length || t->length > PROXY_VALUE_LONGEST) return;
  for (; i < t->length; i++) if (t->value[i] < ' ' || t->value[i] > '~') return;
  h->fields[field].s = t->value;
  h->fields[field].length = t->length;
}

/* A name counts only if the sender has verified that it is the client's. */
static void keep_tls(struct proxy_header *h, struct tlv const *t, int is_verified)
{
  switch (t->type)
  {
    case TLV_TLS_VERSION : keep(h, PROXY_TLS_VERSION, t); break;
    case TLV_TLS_NAME : if (is_verified) keep(h, PROXY_TLS_NAME, t); break;
    case TLV_TLS_CIPHER : keep(h, PROXY_TLS_CIPHER, t); break;
  }
}

/* 0, or -1 if it is malformed. */
static int tls_fields(struct proxy_header *h, struct tlv const *tls)
{
  struct tlv t;
  char const *s = tls->value + TLS_HEAD;
  size_t n = tls->length - TLS_HEAD;
  if (tls->length < TLS_HEAD || !tlv_fit(s, n)) return -1;
  if (!(tls->value[0] & TLS_USED)) return 0;
  while (tlv_next(&t, &s, &n) == 1) keep_tls(h, &t, !number32(tls->value + 1));
  return 0;
}

int tlv_fields(struct proxy_header *h, char const *s, size_t n, int want_fields)
{
  struct tlv t;
  while (tlv_next(&t, &s, &n) == 1)
    switch (t.type)
    {
      case TLV_ALPN : keep(h, PROXY_ALPN, &t); break;
      case TLV_AUTHORITY : keep(h, PROXY_SERVERNAME, &t); break;
      case TLV_UNIQUE_ID :
        if (t.length > UNIQUE_ID_LONGEST) return (h->why = "a unique id longer than 128 bytes", -1);
        keep(h, PROXY_UNIQUE_ID, &t);
        break;
      case TLV_TLS :
        if (want_fields && tls_fields(h, &t) == -1) return (h->why = "a malformed description of TLS", -1);
        break;
    }
  return 0;
}
