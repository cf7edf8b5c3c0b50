/* Directories for a sandbox: see places.h. */

#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "die.h"
#include "places.h"
#include "text.h"

enum { HASH_DIGITS = 8 };

static char *copy_of(char const *s, size_t length)
{
  char *copy = malloc(length + 1);
  if (!copy) die_system("allocate memory");
  memcpy(copy, s, length);
  copy[length] = 0;
  return copy;
}

static char *directory_of(char const *file)
{
  char const *slash = strrchr(file, '/');
  if (!slash) return copy_of(".", 1);
  return copy_of(file, (size_t)(slash - file) + (slash == file));
}

/* Takes the word. */
static void add(struct places *p, char *directory)
{
  unsigned int i = 0;
  while (i < p->count && strcmp(p->list[i], directory)) i++;
  if (i < p->count || p->count == p->max) free(directory);
  else p->list[p->count++] = directory;
}

static void add_real(struct places *p, char const *file)
{
  char *real = realpath(file, 0);
  if (real) add(p, directory_of(real));
  free(real);
}

void places_of_file(struct places *p, char const *file)
{
  add(p, directory_of(file));
  add_real(p, file);
}

/* As in 3f2e1d0c.0 */
static int is_hashed(char const *name)
{
  return strspn(name, "0123456789abcdef") == HASH_DIGITS && name[HASH_DIGITS] == '.';
}

void places_of_authorities(struct places *p, char const *directory)
{
  DIR *d = opendir(directory);
  struct dirent *entry;
  add(p, copy_of(directory, strlen(directory)));
  while (d && (entry = readdir(d)))
  {
    char space[PATH_MAX];
    struct text path = TEXT_IN(space);
    if (!is_hashed(entry->d_name)) continue;
    text_string(&path, directory);
    text_string(&path, "/");
    text_string(&path, entry->d_name);
    if (path.length < path.max) add_real(p, text_end(&path));
  }
  if (d) closedir(d);
}
