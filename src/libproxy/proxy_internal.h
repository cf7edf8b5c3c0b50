/* The parts of the parser. */

#ifndef SALLYPORT_PROXY_INTERNAL_H
#define SALLYPORT_PROXY_INTERNAL_H

#include <stdint.h>

#include "proxy.h"

enum
{
  V1_WORD = 6,     /* "PROXY " */
  V1_SHORTEST = 15,
  V2_SIGNATURE = 12,
  V2_HEAD = PROXY_V2_SHORTEST  /* signature, version and command, family and transport, length */
};

extern char const v1_word[V1_WORD + 1];
extern char const v2_signature[V2_SIGNATURE + 1];

/* Verdicts, for `return`. */
extern enum proxy_verdict proxy_wrong(struct proxy_header *, char const *why);
extern enum proxy_verdict proxy_more(struct proxy_header *, size_t least);

/* The first byte has been seen to be of this version. */
extern enum proxy_verdict v1_parse(struct proxy_header *, char const *s, size_t n);
extern enum proxy_verdict v2_parse(struct proxy_header *, char const *s, size_t n, int want_fields);

/* Network order. */
static inline unsigned int number16(char const *s)
{
  return (unsigned int)(uint8_t)s[0] << 8 | (uint8_t)s[1];
}

static inline uint32_t number32(char const *s)
{
  return (uint32_t)number16(s) << 16 | number16(s + 2);
}

/* A walk through type, length, value triples. */
struct tlv
{
  unsigned int type;
  char const *value;
  size_t length;
};

/* The next one. Returns 1, 0 at the end, or -1 where something is left over that is none. */
extern int tlv_next(struct tlv *, char const **s, size_t *n);

/* True if the bytes are a row of them. */
extern int tlv_fit(char const *s, size_t n);

/* The checksum among the n bytes at `tlvs`, which are part of a whole header. 1: there is none; 0: it is right;
   -1: wrong, see why. */
extern int tlv_checksum(char const *header, size_t length, char const *tlvs, size_t n, char const **why);

/* Fills in the fields. 0, or -1 with why. */
extern int tlv_fields(struct proxy_header *, char const *s, size_t n, int want_fields);

/* CRC-32C (RFC 4960, appendix B) in steps: begins as 0, and any cut gives the same. */
extern uint32_t crc32c(uint32_t so_far, char const *s, size_t n);

#endif
