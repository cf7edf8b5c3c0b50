/* The pairs that the environment names: KEYFILE and CERTFILE, KEYFILE:NAME and CERTFILE:NAME for a server name, and each
   of them with a digit from 2 to 9 after FILE for one more pair of the same name, with a key of another kind. */

#ifndef SALLYPORT_KEYRING_H
#define SALLYPORT_KEYRING_H

#include <stddef.h>

enum { KEYRING_MAX = 4096 };

struct keyring_entry
{
  char const *name;  /* the server name, or 0: the default */
  char const *certificates;
  char const *key;
};

struct keyring
{
  struct keyring_entry *entries;
  size_t count;
};

enum keyring_which { KEYRING_DEFAULT = 1, KEYRING_NAMED = 2 };

/* Only the names: nothing is read. Each key must have its certificate, or the program dies (96); likewise if a wanted
   default is not there (100). Points into the environment. */
extern void keyring_from_environment(struct keyring *, enum keyring_which);

#endif
