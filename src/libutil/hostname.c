/* The alphabet of host names: see hostname.h. */

#include "hostname.h"

/* Not isalnum(3), which asks the locale. */
static int is_label_byte(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

int hostname_is_clean(char const *name, size_t length)
{
  size_t label = 0, i = 0;
  if (length && name[length - 1] == '.') length--;
  if (!length || length > HOSTNAME_MAX) return 0;
  for (; i < length; i++)
  {
    if (is_label_byte(name[i])) label++;
    else if (name[i] == '.' && label) label = 0;
    else return 0;
    if (label > 63) return 0;
  }
  return label > 0;
}
