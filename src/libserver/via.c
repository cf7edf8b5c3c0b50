/* Clients that a balancer passes on: see via.h. */

#include <stdlib.h>
#include <string.h>

#include "via.h"

static size_t size_of_fields(struct proxy_header const *h)
{
  size_t size = 0, i = 0;
  for (; i < PROXY_FIELD_COUNT; i++) if (h->fields[i].s) size += h->fields[i].length + 1;
  return size;
}

static void copy_fields(struct via *via, struct proxy_header const *h)
{
  char *s = via->text;
  size_t i = 0;
  for (; i < PROXY_FIELD_COUNT; i++)
  {
    struct proxy_value const *v = &h->fields[i];
    if (!v->s) continue;
    via->fields[i] = s;
    memcpy(s, v->s, v->length);
    s += v->length;
    *s++ = 0;
  }
}

struct via *via_new(struct proxy_header const *h, int with_fields)
{
  size_t size = with_fields ? size_of_fields(h) : 0;
  struct via *via = malloc(sizeof *via + size);
  if (!via) return 0;
  memset(via, 0, sizeof *via);
  if (size) copy_fields(via, h);
  return via;
}

void via_put(struct text *t, struct via const *via)
{
  if (address_is_ip(&via->remote))
  {
    address_put(t, &via->remote);
    text_string(t, "_");
    text_number(t, address_port(&via->remote));
    return;
  }
  text_string(t, "uid:");
  text_number(t, via->uid);
}
