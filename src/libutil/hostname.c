/* The alphabet of host names: see hostname.h. */

#include <string.h>

#include "hostname.h"

/* Not isalnum(3), which asks the locale. */
static int is_label_byte(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

char hostname_lower(char c)
{
  return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
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

/* The rule of the URL standard ("ends in a number checker"): such a name would be an address in some notation. */
int hostname_is_number(char const *name)
{
  size_t length = strlen(name), start;
  if (length && name[length - 1] == '.') length--;
  for (start = length; start && name[start - 1] != '.'; start--) ;
  name += start;
  length -= start;
  if (!length) return 0;
  if (name[0] == '0' && (name[1] == 'x' || name[1] == 'X')) return strspn(name + 2, "0123456789abcdefABCDEF") >= length - 2;
  return strspn(name, "0123456789") >= length;
}
