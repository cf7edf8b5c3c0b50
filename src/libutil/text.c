/* Bounded text building: see text.h. */

#include <string.h>

#include <skalibs/types.h>
#include <skalibs/uint64.h>

#include "text.h"

void text_put(struct text *t, char const *bytes, size_t length)
{
  size_t room = t->max - t->length;
  if (length > room)
  {
    length = room;
    t->cut = 1;
  }
  if (length) memcpy(t->s + t->length, bytes, length);
  t->length += length;
}

void text_string(struct text *t, char const *string)
{
  text_put(t, string, strlen(string));
}

void text_number(struct text *t, uint64_t n)
{
  char digits[UINT64_FMT];
  digits[uint64_fmt(digits, n)] = 0;
  text_string(t, digits);
}

void text_scrub(struct text *t, size_t from)
{
  for (; from < t->length; from++)
    if (t->s[from] < ' ' || t->s[from] > '~') t->s[from] = '?';
}

void text_scrubbed(struct text *t, char const *bytes, size_t length)
{
  size_t from = t->length;
  text_put(t, bytes, length);
  text_scrub(t, from);
}

char *text_end(struct text *t)
{
  if (t->length == t->max)
  {
    t->length--;
    t->cut = 1;
  }
  t->s[t->length] = 0;
  return t->s;
}
