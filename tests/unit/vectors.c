/* Reading tests/lib/proxy-vectors: see vectors.h. */

#include <stdlib.h>
#include <string.h>

#include "proxy.h"
#include "vectors.h"

struct macro
{
  char const *name, *text;
};

static struct macro const macros[] =
{
  { "T", "\"192.0.2.7 198.51.100.1 40112 7000\"" },
  { "a4", "C0000207C63364019CB01B58" },
  { "S", "0D0A0D0A000D0A515549540A" },
  { 0, 0 }
};

FILE *vectors_open(void)
{
  char path[4096];
  char const *source = getenv("SALLYPORT_SRC");
  snprintf(path, sizeof path, "%s/tests/lib/proxy-vectors", source ? source : ".");
  return fopen(path, "r");
}

static char unescaped(char c)
{
  return c == 'r' ? '\r' : c == 'n' ? '\n' : c == 't' ? '\t' : c;
}

/* "text": returns what follows the second quote. */
static char const *text_bytes(struct vector *v, char const *s)
{
  for (s++; *s && *s != '"'; s++) v->bytes[v->length++] = *s == '\\' ? unescaped(*++s) : *s;
  return *s ? s + 1 : s;
}

static char const *hexadecimal(struct vector *v, char const *s)
{
  unsigned int byte;
  for (; sscanf(s, "%2x", &byte) == 1 && strchr("0123456789ABCDEF", *s); s += 2) v->bytes[v->length++] = (char)byte;
  return s;
}

/* A star and a number: the last bytes again. */
static char const *repeated(struct vector *v, char const *s, size_t begin)
{
  size_t n = v->length - begin;
  unsigned long times;
  char *end;
  if (*s != '*') return s;
  for (times = strtoul(s + 1, &end, 10); times > 1; times--, v->length += n) memcpy(v->bytes + v->length, v->bytes + begin, n);
  return end;
}

static char const *expanded(char const *s, size_t length)
{
  struct macro const *m = macros;
  for (; m->name; m++) if (strlen(m->name) == length && !strncmp(m->name, s, length)) return m->text;
  return 0;
}

static int add_bytes(struct vector *v, char const *s)
{
  while (*(s += strspn(s, " \n")))
  {
    char const *macro = expanded(s, strcspn(s, " \n")), *from = s;
    size_t begin = v->length;
    if (*s == '|') v->bar = v->length, s++;
    else if (macro) *macro == '"' ? text_bytes(v, macro) : hexadecimal(v, macro), s += strcspn(s, " \n");
    else s = repeated(v, *s == '"' ? text_bytes(v, s) : hexadecimal(v, s), begin);
    if (s == from || !strchr(" \n", *s)) return -1;
  }
  return 1;
}

static unsigned int versions(char const *word)
{
  unsigned int bits = !strncmp(word, "any", 3) ? PROXY_ANY : *word == '1' ? PROXY_V1 : PROXY_V2;
  return strchr(word, '+') ? bits | PROXY_FIELDS : bits;
}

int vector_next(struct vector *v, FILE *f)
{
  char line[1024], accepted[8];
  int used = 0, more = 0;
  do if (!fgets(line, sizeof line, f)) return 0;
  while (*line == '#');
  memset(v, 0, sizeof *v);
  if (sscanf(line, "%15s %c %7s%n", v->number, &v->result, accepted, &used) != 3) return -1;
  v->accepted = versions(accepted);
  if (v->result == 'A' && sscanf(line + used, " %127s%n", v->client, &more) != 1) return -1;
  return add_bytes(v, line + used + more);
}
