/* Which version a header is of: see proxy.h. The first byte decides, so that neither a request nor a TLS
   handshake waits for a deadline before it is refused. */

#include <string.h>

#include "proxy_internal.h"

char const *const proxy_field_names[] =
{
  "SSL_TLS_SNI_SERVERNAME", "SSL_PROTOCOL", "SSL_PEER_CERT_CN", "SSL_CIPHER", "PROXY_UNIQUE_ID", "PROXY_ALPN"
};

static size_t shortest(unsigned int accepted)
{
  return accepted & PROXY_V1 ? (size_t)V1_SHORTEST : (size_t)V2_HEAD;
}

enum proxy_verdict proxy_parse(struct proxy_header *h, char const *s, size_t n, unsigned int accepted)
{
  memset(h, 0, sizeof *h);
  h->about = PROXY_NOBODY;
  if (!n) return proxy_more(h, shortest(accepted));
  if (s[0] == v1_word[0]) h->version = PROXY_V1;
  else if (s[0] == v2_signature[0]) h->version = PROXY_V2;
  else return proxy_wrong(h, "neither version 1 nor version 2");
  if (!(h->version & accepted)) return proxy_wrong(h, h->version == PROXY_V1 ? "not version 2" : "not version 1");
  return h->version == PROXY_V1 ? v1_parse(h, s, n) : v2_parse(h, s, n, accepted & PROXY_FIELDS);
}
