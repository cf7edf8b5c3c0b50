/* Making an outcome of what a connection knows: see outcome.h. */

#include <string.h>

#include "outcome.h"

static void put_item(void *data, char const *name, char const *value)
{
  struct outcome *o = data;
  size_t name_length = strlen(name), value_length;
  char *at = o->bytes + o->length;
  if (!value) return;
  value_length = strlen(value);
  if (name_length + value_length + 3 > OUTCOME_MAX - o->length) return;
  memcpy(at, name, name_length);
  at[name_length] = '=';
  memcpy(at + name_length + 1, value, value_length + 1);
  o->length += name_length + value_length + 2;
}

void outcome_of(struct outcome *o, struct tls const *tls)
{
  o->length = 0;
  tls_facts(tls, &put_item, o);
  o->bytes[o->length++] = 0;
}
