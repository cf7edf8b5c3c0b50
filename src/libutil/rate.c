/* Rates in options: see rate.h. */

#include <errno.h>
#include <string.h>

#include "number.h"
#include "rate.h"

enum { PER_SECOND_MAX = 1000 };

int rate_parse(struct rate *rate, char const *word)
{
  char first[8];
  uint64_t count, seconds;
  size_t length = strcspn(word, "/");
  if (!word[length]) return (errno = EINVAL, -1);
  if (length >= sizeof first) return (errno = ERANGE, -1);
  memcpy(first, word, length);
  first[length] = 0;
  if (number_parse(first, 10, RATE_COUNT_MAX, &count) == -1 || number_parse(word + length + 1, 10, RATE_SECONDS_MAX, &seconds) == -1) return -1;
  if (!count || !seconds) return (errno = ERANGE, -1);
  rate->count = (uint32_t)count;
  rate->seconds = (uint32_t)seconds;
  return 0;
}

static int is_rate(char const *word)
{
  struct rate rate;
  return rate_parse(&rate, word) == 0;
}

static int is_source_rate(char const *word)
{
  struct rate rate;
  return rate_parse(&rate, word) == 0 && rate.count <= (uint64_t)rate.seconds * PER_SECOND_MAX;
}

struct kind const kind_rate = { is_rate, "N/S: 1 to 1000000 clients in 1 to 86400 seconds", 0 };
struct kind const kind_source_rate = { is_source_rate, "N/S: clients in 1 to 86400 seconds, at most 1000 a second", 0 };
