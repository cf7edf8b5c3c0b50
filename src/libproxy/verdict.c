/* What both versions begin with, and how a verdict is given. */

#include "proxy_internal.h"

char const v1_word[] = "PROXY ";
char const v2_signature[] = "\r\n\r\n\0\r\nQUIT\n";

enum proxy_verdict proxy_wrong(struct proxy_header *h, char const *why)
{
  h->why = why;
  return PROXY_WRONG;
}

enum proxy_verdict proxy_more(struct proxy_header *h, size_t least)
{
  h->length = least;
  return PROXY_MORE;
}
