/* Strict numbers: see number.h. strtoul accepts signs and blanks, and skalibs' scanners differ in what
   they do at an overflow; an identity or a limit may depend on neither. */

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "number.h"

static unsigned int digit_of(char c)
{
  if (c >= 'a' && c <= 'f') return (unsigned int)(c - 'a') + 10;
  if (c >= 'A' && c <= 'F') return (unsigned int)(c - 'A') + 10;
  if (c >= '0' && c <= '9') return (unsigned int)(c - '0');
  return UINT_MAX;  /* a digit in no base */
}

static int digits_parse(char const *s, size_t length, unsigned int base, uint64_t max, uint64_t *n)
{
  uint64_t value = 0;
  size_t i = 0;
  if (!length) return (errno = EINVAL, -1);
  /* Elsewhere a leading zero means octal: what may be meant in two ways is not taken in one of them. */
  if (base == 10 && s[0] == '0' && length > 1) return (errno = EINVAL, -1);
  for (; i < length; i++)
  {
    unsigned int digit = digit_of(s[i]);
    if (digit >= base) return (errno = EINVAL, -1);
  }
  for (i = 0; i < length; i++)
  {
    unsigned int digit = digit_of(s[i]);
    if (digit > max || value > (max - digit) / base) return (errno = ERANGE, -1);
    value = value * base + digit;
  }
  *n = value;
  return 0;
}

int number_parse(char const *word, unsigned int base, uint64_t max, uint64_t *n)
{
  return digits_parse(word, strlen(word), base, max, n);
}

int number_clamp(char const *word, unsigned int base, uint64_t most, uint64_t *n)
{
  if (number_parse(word, base, most, n) == 0) return 0;
  if (errno != ERANGE) return -1;
  *n = most;
  return 0;
}

int number_is_meant(char const *word)
{
  word += strspn(word, "+- \t\n\v\f\r");
  return !word[strspn(word, "0123456789")];
}

static size_t count_elements(char const *word)
{
  size_t n = word[0] != 0;
  for (; *word; word++)
    if (*word == ',') n++;
  return n;
}

int gidlist_parse(char const *word, gid_t **list, size_t *count)
{
  size_t n = count_elements(word);
  size_t i = 0;
  gid_t *gids = malloc((n + 1) * sizeof(gid_t));
  if (!gids) return -1;
  for (; i < n; i++)
  {
    uint64_t gid;
    size_t length = strcspn(word, ",");
    if (digits_parse(word, length, 10, ID_MAX, &gid) == -1)
    {
      int e = errno;
      free(gids);
      return (errno = e, -1);
    }
    gids[i] = (gid_t)gid;
    word += length + 1;
  }
  *list = gids;
  *count = n;
  return 0;
}
