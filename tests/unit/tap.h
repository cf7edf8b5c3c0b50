/* A little TAP for unit tests: ok() and is_*() count, done() prints the plan. */

#ifndef SALLYPORT_TAP_H
#define SALLYPORT_TAP_H

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct tap
{
  unsigned int tests;
  unsigned int failures;
};

static inline int tap_ok(struct tap *t, int good, char const *file, int line, char const *words, ...)
{
  va_list args;
  t->tests++;
  if (!good) t->failures++;
  printf("%sok %u - ", good ? "" : "not ", t->tests);
  va_start(args, words);
  vprintf(words, args);
  va_end(args);
  printf("\n");
  if (!good) printf("# failed at %s line %d\n", file, line);
  fflush(stdout);
  return good;
}

static inline int tap_string(struct tap *t, char const *got, char const *wanted, char const *file, int line, char const *words)
{
  int good = !strcmp(got, wanted);
  tap_ok(t, good, file, line, "%s", words);
  if (!good) printf("# got: '%s', wanted: '%s'\n", got, wanted);
  return good;
}

static inline int tap_done(struct tap const *t)
{
  printf("1..%u\n", t->tests);
  return t->failures != 0;
}

#define ok(tap, ...) tap_ok((tap), (__VA_ARGS__), __FILE__, __LINE__, "%s", #__VA_ARGS__)
#define ok_for(tap, what, ...) tap_ok((tap), (__VA_ARGS__), __FILE__, __LINE__, "%s: %s", #__VA_ARGS__, (what))
#define is_string(tap, got, wanted, words) tap_string((tap), (got), (wanted), __FILE__, __LINE__, (words))

#endif
