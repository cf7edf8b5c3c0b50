/* Looking through access rules for the names of keys: see rules_keys.h. */

#include <fcntl.h>
#include <glob.h>
#include <string.h>
#include <unistd.h>

#include "rules_keys.h"
#include "text.h"

static char const *const names[] = { "KEYFILE", "CERTFILE", "CADIR", "CAFILE" };

enum { NAMES = sizeof names / sizeof *names, PATH_ROOM = 4096, PIECE = 65536, OVERLAP = 16 };

/* A rule's variables are files: KIND/KEY/env/NAME. */
static int directory_names(char const *directory, char const *name)
{
  char space[PATH_ROOM];
  struct text pattern = TEXT_IN(space);
  glob_t found;
  int r;
  text_string(&pattern, directory);
  text_string(&pattern, "/*/*/env/");
  text_string(&pattern, name);
  text_string(&pattern, "*");
  if (pattern.length >= sizeof space - 1) return 0;
  r = glob(text_end(&pattern), GLOB_NOSORT, 0, &found) == 0;
  if (r) globfree(&found);
  return r;
}

static int has_name(char const *s, size_t length)
{
  size_t i = 0, at;
  for (; i < NAMES; i++)
    for (at = 0; at + strlen(names[i]) <= length; at++)
      if (!memcmp(s + at, names[i], strlen(names[i]))) return 1;
  return 0;
}

/* A database is looked through byte by byte: a name in another place costs speed, no more. */
static int database_names(char const *database)
{
  static char piece[PIECE + OVERLAP];
  size_t kept = 0;
  ssize_t r;
  int found = 0, fd = open(database, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd == -1) return 0;
  while (!found && (r = read(fd, piece + kept, PIECE)) > 0)
  {
    size_t length = kept + (size_t)r;
    found = has_name(piece, length);
    kept = length < OVERLAP ? length : OVERLAP;
    memmove(piece, piece + length - kept, kept);
  }
  close(fd);
  return found;
}

int rules_name_keys(char const *directory, char const *database)
{
  size_t i = 0;
  for (; directory && i < NAMES; i++) if (directory_names(directory, names[i])) return 1;
  return database && database_names(database);
}
