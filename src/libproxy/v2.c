/* Version 2, binary: see proxy_internal.h. */

#include <stddef.h>
#include <string.h>

#include "proxy_internal.h"

enum
{
  VERSION = 12, FAMILY = 13, LENGTH = 14,  /* where they are */
  COMMAND_LOCAL = 0x20, COMMAND_PROXY = 0x21,
  PATH = sizeof(((struct sockaddr_un *)0)->sun_path) < 108 ? sizeof(((struct sockaddr_un *)0)->sun_path) : 108
};

/* What byte 14 may be. The address block is source, destination, and for IP the two ports. */
struct family
{
  uint8_t code;
  uint8_t block;  /* bytes of it */
  enum proxy_about about;
};

static struct family const families[] =
{
  { 0x00, 0, PROXY_NOBODY },
  { 0x11, 12, PROXY_CLIENT }, { 0x12, 12, PROXY_DATAGRAM },
  { 0x21, 36, PROXY_CLIENT }, { 0x22, 36, PROXY_DATAGRAM },
  { 0x31, 216, PROXY_PATHS }, { 0x32, 216, PROXY_DATAGRAM }
};

static struct family const *find_family(char code)
{
  size_t i = 0;
  for (; i < sizeof families / sizeof families[0]; i++) if (families[i].code == (uint8_t)code) return &families[i];
  return 0;
}

static void put_ip4(struct address *a, char const *ip, char const *port)
{
  a->sa.in4.sin_family = AF_INET;
  memcpy(&a->sa.in4.sin_addr, ip, 4);
  memcpy(&a->sa.in4.sin_port, port, 2);
  a->length = sizeof a->sa.in4;
}

static void put_ip6(struct address *a, char const *ip, char const *port)
{
  a->sa.in6.sin6_family = AF_INET6;
  memcpy(&a->sa.in6.sin6_addr, ip, 16);
  memcpy(&a->sa.in6.sin6_port, port, 2);
  a->length = sizeof a->sa.in6;
}

/* The zeros at the end are padding, also of an abstract name. */
static void put_path(struct address *a, char const *path)
{
  size_t n = PATH;
  while (n && !path[n - 1]) n--;
  a->sa.un.sun_family = AF_UNIX;
  memcpy(a->sa.un.sun_path, path, n);
  a->length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
}

static void read_addresses(struct proxy_header *h, struct family const *f, char const *s)
{
  switch (f->code)
  {
    case 0x11 :
      put_ip4(&h->remote, s, s + 8);
      put_ip4(&h->local, s + 4, s + 10);
      break;
    case 0x21 :
      put_ip6(&h->remote, s, s + 32);
      put_ip6(&h->local, s + 16, s + 34);
      break;
    case 0x31 :
      put_path(&h->remote, s);
      put_path(&h->local, s + 108);
      break;
  }
}

/* For a LOCAL header the block is to be ignored, whatever the family. All that may still matter is a checksum.
   Balancers write TLVs after addresses of that family, and without any: so whichever reading makes sense counts. */
static int local_checksum(struct proxy_header *h, char const *s)
{
  struct family const *f = find_family(s[FAMILY]);
  size_t n = h->length - V2_HEAD;
  int at_once = tlv_checksum(s, h->length, s + V2_HEAD, n, &h->why), after = 1;
  if (f && f->block && f->block <= n) after = tlv_checksum(s, h->length, s + V2_HEAD + f->block, n - f->block, &h->why);
  return !at_once || !after ? 0 : at_once < 0 ? at_once : after;
}

static enum proxy_verdict read_local(struct proxy_header *h, char const *s)
{
  if (local_checksum(h, s) == -1) return PROXY_WRONG;
  h->about = PROXY_SENDER;
  return PROXY_COMPLETE;
}

static enum proxy_verdict read_proxy(struct proxy_header *h, char const *s, int want_fields)
{
  struct family const *f = find_family(s[FAMILY]);
  char const *tlvs = s + V2_HEAD + f->block;
  size_t n = h->length - V2_HEAD - f->block;
  if (!tlv_fit(tlvs, n)) return proxy_wrong(h, "a TLV beyond the end of the header");
  if (tlv_checksum(s, h->length, tlvs, n, &h->why) == -1) return PROXY_WRONG;
  if (tlv_fields(h, tlvs, n, want_fields) == -1) return PROXY_WRONG;
  read_addresses(h, f, s + V2_HEAD);
  h->about = f->about;
  return PROXY_COMPLETE;
}

/* What can be judged as soon as that many of the first 16 bytes are there. 0, or -1 with why. */
static int judge_head(struct proxy_header *h, char const *s, size_t n)
{
  char const *why = 0;
  struct family const *f;
  if (memcmp(s, v2_signature, n < V2_SIGNATURE ? n : V2_SIGNATURE)) why = "neither version 1 nor version 2";
  else if (n > VERSION && (s[VERSION] & 0xf0) != COMMAND_LOCAL) why = "unknown version";
  else if (n > VERSION && s[VERSION] != COMMAND_LOCAL && s[VERSION] != COMMAND_PROXY) why = "unknown command";
  else if (n > FAMILY && s[VERSION] == COMMAND_PROXY)
  {
    f = find_family(s[FAMILY]);
    if (!f) why = "unknown family or transport";
    else if (n >= V2_HEAD && number16(s + LENGTH) < f->block) why = "too short for its addresses";
  }
  if (!why && n >= V2_HEAD && V2_HEAD + number16(s + LENGTH) > PROXY_LONGEST) why = "longer than 4096 bytes";
  h->why = why;
  return why ? -1 : 0;
}

enum proxy_verdict v2_parse(struct proxy_header *h, char const *s, size_t n, int want_fields)
{
  size_t length;
  if (judge_head(h, s, n) == -1) return PROXY_WRONG;
  if (n < V2_HEAD) return proxy_more(h, V2_HEAD);
  length = V2_HEAD + number16(s + LENGTH);
  if (n < length) return proxy_more(h, length);
  h->length = length;
  return s[VERSION] == COMMAND_LOCAL ? read_local(h, s) : read_proxy(h, s, want_fields);
}
