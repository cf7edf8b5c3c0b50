/* Which bytes may be in a name that comes from the reverse zone of whoever connects. */

#include <string.h>

#include "rules.h"

static int is_letter(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/* By length, never to the first NUL: a name with a NUL label would be judged as its beginning, and one
   with a slash could be the path of another rule. */
int rules_is_hostname(char const *name, size_t length)
{
  size_t i = 0, label = 0;
  if (!length || length > RULE_NAME_MAX) return 0;
  for (; i < length; i++)
  {
    if (name[i] == '.')
    {
      if (!label) return 0;
      label = 0;
    }
    else if (is_letter(name[i])) label++;
    else return 0;
  }
  return !!label;
}
