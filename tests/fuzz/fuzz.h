/* What the fuzz targets of libutil share: inputs as words. */

#ifndef SALLYPORT_FUZZ_H
#define SALLYPORT_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A property does not hold: the fuzzer keeps the input. */
#define HOLDS(...) do { if (!(__VA_ARGS__)) { fprintf(stderr, "broken: %s\n", #__VA_ARGS__); abort(); } } while (0)

/* The input as a string of its own, so that reading past its end is seen. */
static inline char *fuzz_word(uint8_t const *data, size_t size)
{
  char *word = malloc(size + 1);
  HOLDS(word);
  if (size) memcpy(word, data, size);
  word[size] = 0;
  return word;
}

#endif
