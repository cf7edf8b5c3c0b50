/* Compiled where OpenSSL is not installed: see secure.h. */

#include "secure.h"

int secure_start(int resume)
{
  (void)resume;
  return -1;
}

struct secure *secure_new(int fd)
{
  (void)fd;
  return 0;
}

int secure_go_on(struct secure *s, char const *text, unsigned int *received)
{
  (void)s;
  (void)text;
  (void)received;
  return -1;
}

int secure_resumed(struct secure const *s)
{
  (void)s;
  return 0;
}

void secure_free(struct secure *s)
{
  (void)s;
}
