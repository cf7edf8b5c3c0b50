/* Any bytes as the server name that a client sends: what comes through is a host name, and comes through again as it is. */

#include <errno.h>

#include "fuzz.h"
#include "tls.h"

static int is_host_byte(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

extern int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size);
int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size)
{
  char *word = fuzz_word(data, size);
  char name[254], again[254];
  if (tls_server_name(name, word) == 0)
  {
    size_t length = strlen(name), i = 0;
    HOLDS(length > 0 && length <= 253 && name[0] != '.' && name[length - 1] != '.');
    for (; i < length; i++) HOLDS(is_host_byte(name[i]));
    HOLDS(tls_server_name(again, name) == 0 && !strcmp(again, name));
  }
  free(word);
  return 0;
}
