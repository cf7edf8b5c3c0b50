/* Any bytes as [HOST:]PORT of skd. Names are not looked up. */

#include <errno.h>

#include "fuzz.h"
#include "number.h"
#include "skd/endpoint.h"

/* Written in brackets, where they are needed, it is the same endpoint. */
static void is_stable(struct endpoint const *e)
{
  char word[ENDPOINT_HOST_MAX + ENDPOINT_PORT_MAX + 4];
  struct endpoint again;
  if (strchr(e->host, ']')) return;  /* the name of an interface may have one */
  if (strchr(e->host, ':')) snprintf(word, sizeof word, "[%s]:%s", e->host, e->port);
  else snprintf(word, sizeof word, "%s:%s", e->host, e->port);
  HOLDS(endpoint_parse(&again, word) == 0);
  HOLDS(!strcmp(again.host, e->host) && !strcmp(again.port, e->port));
}

extern int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size);
int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size)
{
  char *word = fuzz_word(data, size);
  struct endpoint e;
  uint64_t n;
  errno = 0;
  if (endpoint_parse(&e, word) == -1) HOLDS(errno == EINVAL);
  else
  {
    HOLDS(strlen(e.host) < sizeof e.host && strlen(e.port) < sizeof e.port);
    HOLDS(!number_is_meant(e.port) || number_parse(e.port, 10, 65535, &n) == 0);
    HOLDS(strstr(word, e.host) && strstr(word, e.port));
    is_stable(&e);
  }
  free(word);
  return 0;
}
