/* Announcing listeners to the next program: see listenfds.h. sd_listen_fds_with_names(3) fails if there are
   more or fewer names than sockets, so the two are kept in step. */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "chain.h"
#include "die.h"
#include "listenfds.h"
#include "text.h"

static char const unknown[] = "unknown";

int is_listenfd_name(char const *word)
{
  size_t i = 0;
  for (; word[i]; i++)
    if (word[i] < ' ' || word[i] > '~' || word[i] == ':') return 0;
  return i > 0 && i <= LISTENFD_NAME_MAX;
}

/* Takes one name off the front of the list. */
static size_t next_name(char const **names)
{
  size_t length = strcspn(*names, ":");
  *names += length;
  if (**names) ++*names;
  return length;
}

/* The first `count` names; those that are missing or empty are unknown. */
static void put_names(struct text *t, char const **names, unsigned int count)
{
  while (count--)
  {
    char const *name = *names;
    size_t length = next_name(names);
    if (length) text_put(t, name, length);
    else text_string(t, unknown);
    text_string(t, ":");
  }
}

/* The new one, in the place of the one that stands there, then those to come. */
static void put_new(struct text *t, char const *names, char const *name)
{
  char const *planned = names;
  size_t length = next_name(&names);
  if (name) text_string(t, name);
  else if (length) text_put(t, planned, length);
  else text_string(t, unknown);
  if (!names[0]) return;
  text_string(t, ":");
  text_string(t, names);
}

static void announce_names(char const *names, unsigned int count, char const *name)
{
  struct text t = { .length = 0, .cut = 0 };
  t.max = strlen(names) + count * sizeof unknown + LISTENFD_NAME_MAX + 2;
  t.s = malloc(t.max);
  if (!t.s) die_system("allocate memory");
  put_names(&t, &names, count - 1);
  put_new(&t, names, name);
  chain_env("LISTEN_FDNAMES", text_end(&t));
  free(t.s);
}

void listenfds_announce(unsigned int count, char const *name)
{
  char const *names = listenfds_owner() == LISTENFDS_FOREIGN ? 0 : getenv("LISTEN_FDNAMES");
  if (names || name) announce_names(names ? names : "", count, name);
  else chain_env("LISTEN_FDNAMES", 0);
  if (count == 1) chain_env("LISTEN_PIDFDID", 0);
  chain_env_number("LISTEN_FDS", count);
  chain_env_number("LISTEN_PID", (unsigned long)getpid());
}

void listenfds_retract(void)
{
  size_t i = 0;
  for (; i < LISTENFDS_VARIABLES; i++) chain_env(listenfds_variables[i], 0);
}
