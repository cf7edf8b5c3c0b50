/* Texts with escapes: see escapes.h. */

#include <string.h>

#include "escapes.h"

static int meaning(char c)
{
  static char const letters[] = "rnt\\", stands_for[] = "\r\n\t\\";
  char const *at = c ? strchr(letters, c) : 0;
  return at ? stands_for[at - letters] : 0;
}

size_t escapes_resolve(char *to, char const *word)
{
  size_t n = 0;
  for (; *word; word++)
  {
    int c = (unsigned char)*word;
    if (c == '\\') c = meaning(*++word);
    if (!c || n == ESCAPES_MAX) return 0;
    to[n++] = (char)c;
  }
  return n;
}

static int is_escaped(char const *word)
{
  char text[ESCAPES_MAX];
  return escapes_resolve(text, word) > 0;
}

struct kind const kind_escaped = { is_escaped, "a text of at most 512 bytes, with \\r, \\n, \\t and \\\\ for special characters", 0 };
