/* Any bytes as a Unix-domain address on a command line, and as the address that the kernel reports of a client. */

#include <stddef.h>

#include "fuzz.h"
#include "local_address.h"

static size_t as_text(struct address const *a, char *s, size_t size)
{
  struct text t = { .s = s, .length = 0, .max = size, .cut = 0 };
  local_put(&t, a);
  HOLDS(!t.cut && t.length < size);
  text_end(&t);
  return t.length;
}

static void reported(uint8_t const *data, size_t size)
{
  struct address a;
  char s[LOCAL_TEXT_MAX];
  memset(&a, 0, sizeof a);
  if (size > sizeof a.sa.un.sun_path) size = sizeof a.sa.un.sun_path;
  a.sa.un.sun_family = AF_UNIX;
  memcpy(a.sa.un.sun_path, data, size);
  a.length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + size);
  as_text(&a, s, sizeof s);
  HOLDS(strlen(s) <= size + 1);
}

extern int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size);
int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size)
{
  char *word = fuzz_word(data, size);
  struct address a;
  if (local_parse(&a, word) == 0)
  {
    char s[LOCAL_TEXT_MAX];
    HOLDS(*word && local_is_abstract(&a) == (word[0] == '@'));
    HOLDS(as_text(&a, s, sizeof s) == strlen(word) && !strcmp(s, word));
  }
  if (size) reported(data, size);
  free(word);
  return 0;
}
