/* proxy.h: every row of lib/proxy-vectors, whole, cut at every byte, and as a reader gets it that asks for no byte
   more than there must be. Then the fields, the checksum, and headers that are written and read again. */

#include <stdlib.h>

#include "libproxy/proxy_internal.h"
#include "tap.h"
#include "vectors.h"

/* From memory of just that size, so that a sanitizer sees a read beyond it. */
static enum proxy_verdict parse(struct proxy_header *h, struct vector const *v, size_t n)
{
  char *s = malloc(n ? n : 1);
  enum proxy_verdict verdict;
  memcpy(s, v->bytes, n);
  verdict = proxy_parse(h, s, n, v->accepted);
  free(s);
  return verdict;
}

static char *client_of(char *s, size_t size, struct proxy_header const *h)
{
  struct text t = { .s = s, .length = 0, .max = size, .cut = 0 };
  address_put(&t, &h->remote);
  text_string(&t, ",");
  text_number(&t, address_port(&h->remote));
  text_string(&t, ",");
  address_put(&t, &h->local);
  text_string(&t, ",");
  text_number(&t, address_port(&h->local));
  return text_end(&t);
}

static void test_header(struct tap *t, struct vector const *v)
{
  struct proxy_header h;
  char space[128];
  size_t length = v->bar ? v->bar : v->length, n = 0, read = 0;
  int good = 1;
  ok_for(t, v->number, parse(&h, v, v->length) == PROXY_COMPLETE && h.length == length);
  ok_for(t, v->number, (h.about == PROXY_CLIENT) == (v->result == 'A'));
  if (v->result == 'A') is_string(t, client_of(space, sizeof space, &h), v->client, v->number);
  for (; n < length; n++)
    good = good && parse(&h, v, n) == PROXY_MORE && h.length > n && h.length <= length;
  ok_for(t, v->number, good);
  while (parse(&h, v, read) == PROXY_MORE && h.length <= v->length) read = h.length;
  ok_for(t, v->number, read == length);
}

static void test_wrong(struct tap *t, struct vector const *v)
{
  struct proxy_header h;
  size_t n = 0;
  int good = 1;
  ok_for(t, v->number, parse(&h, v, v->bar) == PROXY_WRONG && h.why && *h.why);
  for (; n <= v->length; n++) good = good && parse(&h, v, n) == (n < v->bar ? PROXY_MORE : PROXY_WRONG);
  ok_for(t, v->number, good);
}

static void test_waits(struct tap *t, struct vector const *v)
{
  struct proxy_header h;
  size_t n = 0;
  int good = 1;
  for (; n <= v->length; n++) good = good && parse(&h, v, n) == PROXY_MORE && h.length > n && h.length <= PROXY_LONGEST;
  ok_for(t, v->number, good);
}

static void test_vectors(struct tap *t)
{
  static struct vector v;
  FILE *f = vectors_open();
  int r = -1, rows = 0;
  while (f && (r = vector_next(&v, f)) == 1 && ++rows)
    switch (v.result)
    {
      case 'R' : test_wrong(t, &v); break;
      case 'W' : test_waits(t, &v); break;
      default : test_header(t, &v);
    }
  ok(t, r == 0 && rows >= 120);
  if (f) fclose(f);
}

static void is_field(struct tap *t, struct proxy_header const *h, enum proxy_field field, char const *wanted)
{
  struct proxy_value const *v = &h->fields[field];
  ok_for(t, proxy_field_names[field], wanted ? v->s && v->length == strlen(wanted) && !memcmp(v->s, wanted, v->length) : !v->s);
}

#define HEAD "\r\n\r\n\0\r\nQUIT\n\x21\x11\0"
#define A4 "\xC0\0\2\7\xC6\x33\x64\1\x9C\xB0\x1B\x58"

static void test_fields(struct tap *t)
{
  static char const all[] = HEAD "\x51" A4 "\x20\0\x30\1\0\0\0\0\x21\0\7TLSv1.3\x22\0\5alice\x23\0\x16TLS_AES_256_GCM_SHA384"
    "\1\0\2h2\2\0\3a.b\5\0\4id-7";
  static char const unverified[] = HEAD "\x20" A4 "\x20\0\x11\1\0\0\0\1\x22\0\1x\x23\0\1y\x24\0\1z";
  static char const unused[] = HEAD "\x18" A4 "\x20\0\x09\2\0\0\0\0\x22\0\1x";
  static char const odd[] = HEAD "\x1b" A4 "\1\0\0\2\0\3a\nb\5\0\3a\xff" "b";
  struct proxy_header h;
  ok(t, proxy_parse(&h, all, sizeof all - 1, PROXY_ANY | PROXY_FIELDS) == PROXY_COMPLETE);
  is_field(t, &h, PROXY_SERVERNAME, "a.b");
  is_field(t, &h, PROXY_TLS_VERSION, "TLSv1.3");
  is_field(t, &h, PROXY_TLS_NAME, "alice");
  is_field(t, &h, PROXY_TLS_CIPHER, "TLS_AES_256_GCM_SHA384");
  is_field(t, &h, PROXY_UNIQUE_ID, "id-7");
  is_field(t, &h, PROXY_ALPN, "h2");
  ok(t, proxy_parse(&h, all, sizeof all - 1, PROXY_V2) == PROXY_COMPLETE);
  is_field(t, &h, PROXY_TLS_VERSION, 0);
  ok(t, proxy_parse(&h, unverified, sizeof unverified - 1, PROXY_ANY | PROXY_FIELDS) == PROXY_COMPLETE);
  is_field(t, &h, PROXY_TLS_NAME, 0);
  is_field(t, &h, PROXY_TLS_CIPHER, "y");
  ok(t, proxy_parse(&h, unused, sizeof unused - 1, PROXY_ANY | PROXY_FIELDS) == PROXY_COMPLETE);
  is_field(t, &h, PROXY_TLS_NAME, 0);
  ok(t, proxy_parse(&h, odd, sizeof odd - 1, PROXY_ANY | PROXY_FIELDS) == PROXY_COMPLETE);
  is_field(t, &h, PROXY_ALPN, 0);
  is_field(t, &h, PROXY_SERVERNAME, 0);
  is_field(t, &h, PROXY_UNIQUE_ID, 0);
}

static void test_long_field(struct tap *t, size_t length, int is_kept)
{
  char header[1024] = HEAD;
  struct proxy_header h;
  memcpy(header + V2_HEAD, A4, 12);
  header[14] = (char)((15 + length) >> 8);
  header[15] = (char)(15 + length);
  header[28] = 2;
  header[29] = (char)(length >> 8);
  header[30] = (char)length;
  memset(header + 31, 'a', length);
  ok(t, proxy_parse(&h, header, 31 + length, PROXY_ANY) == PROXY_COMPLETE);
  ok(t, !h.fields[PROXY_SERVERNAME].s == !is_kept);
}

static void test_paths(struct tap *t)
{
  char header[V2_HEAD + 216] = HEAD;
  struct proxy_header h;
  header[13] = 0x31;
  header[15] = (char)216;
  strcpy(header + V2_HEAD, "/run/client");
  strcpy(header + V2_HEAD + 108, "/run/server");
  ok(t, proxy_parse(&h, header, sizeof header, PROXY_ANY) == PROXY_COMPLETE && h.about == PROXY_PATHS);
  is_string(t, h.remote.sa.un.sun_path, "/run/client", "the source is the remote path");
  is_string(t, h.local.sa.un.sun_path, "/run/server", "the destination is the local path");
}

static void test_checksum(struct tap *t)
{
  char const *digits = "123456789";
  size_t i = 0;
  ok(t, crc32c(0, digits, 9) == 0xE3069283u);
  for (; i <= 9; i++) ok(t, crc32c(crc32c(0, digits, i), digits + i, 9 - i) == 0xE3069283u);
  ok(t, crc32c(0, digits, 0) == 0);
}

/* Written and read again it is the same client. */
static void round_trip(struct tap *t, unsigned int version, char const *remote, char const *local, char const *wanted)
{
  struct address a, b;
  struct proxy_header h;
  char s[PROXY_V1_LONGEST], space[128];
  size_t n;
  address_parse(&a, remote, 40112);
  address_parse(&b, local, 7000);
  n = proxy_write(s, version, &a, &b);
  ok_for(t, remote, n <= sizeof s && proxy_parse(&h, s, n, version) == PROXY_COMPLETE && h.length == n && h.about == PROXY_CLIENT);
  is_string(t, client_of(space, sizeof space, &h), wanted, wanted);
}

static void test_write(struct tap *t)
{
  struct proxy_header h;
  char s[PROXY_V1_LONGEST];
  unsigned int version = PROXY_V1;
  for (; version <= PROXY_V2; version++)
  {
    round_trip(t, version, "192.0.2.7", "198.51.100.1", "192.0.2.7,40112,198.51.100.1,7000");
    round_trip(t, version, "2001:db8::7", "2001:db8::1", "2001:db8::7,40112,2001:db8::1,7000");
    round_trip(t, version, "::ffff:192.0.2.7", "198.51.100.1", "192.0.2.7,40112,198.51.100.1,7000");
    round_trip(t, version, "192.0.2.7", "2001:db8::1", "192.0.2.7,40112,2001:db8::1,7000");
    round_trip(t, version, "2001:db8::7", "198.51.100.1", "2001:db8::7,40112,198.51.100.1,7000");
  }
  ok(t, proxy_write(s, PROXY_V1, 0, 0) == 15 && !memcmp(s, "PROXY UNKNOWN\r\n", 15));
  ok(t, proxy_write(s, PROXY_V2, 0, 0) == 16 && proxy_parse(&h, s, 16, PROXY_ANY) == PROXY_COMPLETE && h.about == PROXY_SENDER);
}

int main(void)
{
  struct tap t = { 0, 0 };
  test_vectors(&t);
  test_fields(&t);
  test_long_field(&t, 255, 1);
  test_long_field(&t, 256, 0);
  test_paths(&t);
  test_checksum(&t);
  test_write(&t);
  return tap_done(&t);
}
