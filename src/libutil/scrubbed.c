/* Scrubbed lines on stderr: see scrubbed.h. */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/allreadwrite.h>

#include "scrubbed.h"
#include "text.h"

enum { PIECE = 2048 };

/* One write(2) for all that is not very long: lines of several processes do not mix. */
static void put(struct text *t, char const *word)
{
  size_t length = strlen(word);
  while (length)
  {
    size_t room = t->max - t->length, n = length < room ? length : room;
    text_scrubbed(t, word, n);
    word += n;
    length -= n;
    if (t->length < t->max) continue;
    allwrite(2, t->s, t->length);
    t->length = 0;
  }
}

static void print(char const *const *words, unsigned int n, char const *reason)
{
  char space[PIECE];
  struct text t = TEXT_IN(space);
  unsigned int i = 0;
  int e = errno;
  for (; i < n; i++) put(&t, words[i]);
  if (reason) put(&t, ": ");
  if (reason) put(&t, reason);
  text_put(&t, "\n", 1);
  allwrite(2, t.s, t.length);
  errno = e;
}

void scrubbed_warn(char const *const *words, unsigned int n)
{
  print(words, n, 0);
}

void scrubbed_warn_system(char const *const *words, unsigned int n)
{
  print(words, n, strerror(errno));
}

void scrubbed_die(int code, char const *const *words, unsigned int n)
{
  print(words, n, 0);
  _exit(code);
}

void scrubbed_die_system(int code, char const *const *words, unsigned int n)
{
  print(words, n, strerror(errno));
  _exit(code);
}
