/* Any bytes as a number, as a list of group ids, and as every kind of argument that a table knows. */

#include <errno.h>
#include <inttypes.h>

#include "fuzz.h"
#include "number.h"
#include "opts.h"

static int all_digits(char const *word, unsigned int base)
{
  char const *digits = base == 16 ? "0123456789abcdefABCDEF" : base == 8 ? "01234567" : "0123456789";
  return *word && strspn(word, digits) == strlen(word);
}

static void as_number(char const *word, unsigned int base, uint64_t max)
{
  uint64_t n = 42, expected;
  int r;
  errno = 0;
  r = number_parse(word, base, max, &n);
  if (r == -1)
  {
    HOLDS(n == 42 && (errno == EINVAL || errno == ERANGE));
    HOLDS(errno == EINVAL ? !all_digits(word, base) : all_digits(word, base));
    return;
  }
  HOLDS(all_digits(word, base) && n <= max);
  errno = 0;
  expected = strtoull(word, 0, (int)base);
  HOLDS(!errno && expected == n);
}

/* Each id of the list is one that the word says, and no other. */
static void as_list(char const *word)
{
  gid_t *list = 0;
  size_t count = 0, i = 0;
  char const *p = word;
  if (gidlist_parse(word, &list, &count) == -1)
  {
    HOLDS(!kind_ids.accepts(word));
    return;
  }
  HOLDS(list && kind_ids.accepts(word));
  for (; i < count; i++)
  {
    char *end;
    HOLDS(strtoull(p, &end, 10) == list[i] && list[i] <= ID_MAX);
    HOLDS(*end == (i + 1 < count ? ',' : 0));
    p = end + 1;
  }
  HOLDS(count || !*word);
  free(list);
}

extern int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size);
int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size)
{
  static struct kind const *const kinds[] =
  {
    &kind_text, &kind_count, &kind_backlog, &kind_id, &kind_ids, &kind_mode, &kind_port, &kind_prefix4, &kind_prefix6, &kind_seconds, &kind_millis,
    &kind_verbosity, &kind_local, &kind_interface
  };
  static uint64_t const limits[] = { 0, 9, 65535, ID_MAX, UINT64_MAX };
  char *word = fuzz_word(data, size);
  size_t i = 0;
  for (; i < sizeof limits / sizeof limits[0]; i++)
  {
    as_number(word, 8, limits[i]);
    as_number(word, 10, limits[i]);
    as_number(word, 16, limits[i]);
  }
  for (i = 0; i < sizeof kinds / sizeof kinds[0]; i++) kinds[i]->accepts(word);
  HOLDS(!kind_port.accepts(word) || (all_digits(word, 10) && strtoull(word, 0, 10) <= 65535));
  as_list(word);
  free(word);
  return 0;
}
