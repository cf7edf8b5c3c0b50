/* The variables that are for the TLS programs only: see secrets.h. */

#include <stdlib.h>
#include <string.h>

#include "chain.h"
#include "die.h"
#include "secrets.h"

extern char **environ;

/* Keys first. */
static char const *const names[] = { "KEYFILE", "CERTFILE", "CADIR", "CAFILE", "TLS_UID", "TLS_GID" };

enum { KEY_NAMES = 2, NAMES = sizeof names / sizeof *names };

/* The length of the variable's name if it is one of the first `count`, or 0. */
static size_t secret_length(char const *variable, size_t count)
{
  size_t i = 0, length = strcspn(variable, "=");
  for (; i < count; i++)
  {
    size_t n = strlen(names[i]);
    char const *rest = variable + n;
    if (strncmp(variable, names[i], n)) continue;
    if (i < 2 && *rest >= '2' && *rest <= '9') rest++;
    if (*rest == '=' || (*rest == ':' && i < 4)) return length;
  }
  return 0;
}

char **secrets_copy(void)
{
  size_t room = 1, n = 0;
  char **e = environ, **copies;
  while (*e++) room++;
  copies = malloc(room * sizeof *copies);
  if (!copies) die_system("allocate memory");
  for (e = environ; *e; e++)
    if (secret_length(*e, NAMES) && !(copies[n++] = strdup(*e))) die_system("allocate memory");
  copies[n] = 0;
  return copies;
}

static void forget(size_t count)
{
  char **e = environ;
  while (*e)
  {
    size_t length = secret_length(*e, count);
    char *name;
    if (!length)
    {
      e++;
      continue;
    }
    name = malloc(length + 1);
    if (!name) die_system("allocate memory");
    memcpy(name, *e, length);
    name[length] = 0;
    chain_env(name, 0);
    free(name);
    e = environ;
  }
}

void secrets_forget(void)
{
  forget(NAMES);
}

void secrets_forget_keys(void)
{
  forget(KEY_NAMES);
}
