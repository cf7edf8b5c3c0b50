/* Any bytes as the argument of skd -L. */

#include <errno.h>
#include <syslog.h>

#include "fuzz.h"
#include "skd/log_spec.h"

/* A file is the rest of the word, after the arrows and blanks. */
static void is_file(struct log_spec const *s, char const *word, size_t length)
{
  HOLDS(word[0] == '>' && s->file > word && *s->file && s->file + strlen(s->file) == word + length);
  HOLDS(s->truncate == (word[1] != '>'));
}

static void is_tag(struct log_spec const *s, char const *word)
{
  size_t length = strlen(s->tag);
  HOLDS(length && length < LOG_TAG_MAX && !strchr(s->tag, ':') && !strncmp(word, s->tag, length));
  HOLDS(!word[length] || word[length] == ':');
  HOLDS(s->priority >= 0 && s->priority <= (LOG_LOCAL7 | LOG_DEBUG));
}

extern int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size);
int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size)
{
  char *word = fuzz_word(data, size);
  struct log_spec s;
  errno = 0;
  if (log_spec_parse(&s, word) == -1) HOLDS(errno == EINVAL);
  else if (s.file) is_file(&s, word, strlen(word));
  else is_tag(&s, word);
  free(word);
  return 0;
}
