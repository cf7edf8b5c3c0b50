/* Pairs by the names of variables: see keyring.h. */

#include <stdlib.h>
#include <string.h>

#include <skalibs/posixplz.h>

#include "chain.h"
#include "io_exit.h"
#include "keyring.h"

extern char **environ;

/* "KEYFILE", "KEYFILE2", with ":NAME" or without: sets `name` to what follows the colon, or 0. Returns the value, or 0 if
   that variable is another. */
static char const *key_variable(char const *variable, char const **name)
{
  char const *at = variable + 7;
  if (strncmp(variable, "KEYFILE", 7)) return 0;
  if (*at >= '2' && *at <= '9') at++;
  *name = *at == ':' ? at + 1 : 0;
  at += strcspn(at, "=");
  return *at == '=' && (*name || at == variable + 7 || at == variable + 8) ? at + 1 : 0;
}

/* The value of CERT and whatever follows KEY in the variable. */
static char const *certificate_of(char const *variable, size_t length)
{
  char name[512] = "CERT";
  char const *value;
  if (length - 3 + 4 >= sizeof name) die_key("the name of a variable is too long: ", variable);
  memcpy(name + 4, variable + 3, length - 3);
  name[length + 1] = 0;
  value = getenv(name);
  if (!value || !value[0]) die_key("there is a key, and no certificate: not set: ", name);
  return value;
}

static void add(struct keyring *k, char const *name, char const *certificates, char const *key)
{
  struct keyring_entry *e = realloc(k->entries, (k->count + 1) * sizeof *e);
  if (!e) die_system("allocate memory");
  if (k->count == KEYRING_MAX) die_key("too many keys are named in the environment", "");
  k->entries = e;
  e += k->count++;
  e->name = name;
  e->certificates = certificates;
  e->key = key;
}

static void require_default(struct keyring const *k)
{
  size_t i = 0;
  for (; i < k->count; i++) if (!k->entries[i].name) return;
  strerr_dief(EXIT_USAGE, "KEYFILE is not set: the server has no key");
}

/* A name is up to the equals sign: it is cut out of a copy, which stays. */
static char const *name_copy(char const *name, char const *value)
{
  size_t length = (size_t)(value - 1 - name);
  char *copy = malloc(length + 1);
  if (!copy) die_system("allocate memory");
  memcpy(copy, name, length);
  copy[length] = 0;
  return copy;
}

void keyring_from_environment(struct keyring *k, enum keyring_which which)
{
  char **e = environ;
  k->entries = 0;
  k->count = 0;
  for (; *e; e++)
  {
    char const *name, *value = key_variable(*e, &name);
    if (!value || !value[0] || !(which & (name ? KEYRING_NAMED : KEYRING_DEFAULT))) continue;
    add(k, name ? name_copy(name, value) : 0, certificate_of(*e, (size_t)(value - 1 - *e)), value);
  }
  if (which & KEYRING_DEFAULT) require_default(k);
  if (!k->count) strerr_dief(EXIT_USAGE, "no KEYFILE:name is set: the server has no key");
}
