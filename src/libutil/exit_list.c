/* Lists of exit codes: see exit_list.h. */

#include <errno.h>
#include <string.h>

#include "exit_list.h"
#include "number.h"

enum { EXIT_CODE_MAX = 255, RANGE_MAX = 8 };

static int bad(void)
{
  errno = EINVAL;
  return -1;
}

static int add_range(struct exit_list *l, char *word)
{
  uint64_t first, last;
  char *dash = strchr(word, '-');
  if (dash) *dash++ = 0;
  if (number_parse(word, 10, EXIT_CODE_MAX, &first) == -1) return bad();
  last = first;
  if (dash && number_parse(dash, 10, EXIT_CODE_MAX, &last) == -1) return bad();
  if (last < first) return bad();
  memset(l->has + first, 1, last - first + 1);
  return 0;
}

int exit_list_parse(struct exit_list *l, char const *word)
{
  memset(l, 0, sizeof *l);
  for (;;)
  {
    char one[RANGE_MAX];
    size_t length = strcspn(word, ",");
    if (length >= sizeof one) return bad();
    memcpy(one, word, length);
    one[length] = 0;
    if (add_range(l, one) == -1) return -1;
    if (!word[length]) return 0;
    word += length + 1;
  }
}

static int is_exits(char const *word)
{
  struct exit_list l;
  return exit_list_parse(&l, word) == 0;
}

struct kind const kind_exits = { is_exits, "exit codes from 0 to 255 and ranges of them, separated by commas", 0 };
