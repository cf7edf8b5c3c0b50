/* The names in a directory: see names.h. */

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <skalibs/djbunix.h>

#include "names.h"

static int by_name(void const *a, void const *b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static int add(struct names *names, size_t *room, char const *name)
{
  if (names->count == *room)
  {
    size_t more = *room ? 2 * *room : 64;
    char **list = realloc(names->list, more * sizeof *list);
    if (!list) return -1;
    names->list = list;
    *room = more;
  }
  names->list[names->count] = strdup(name);
  return names->list[names->count] ? (names->count++, 0) : -1;
}

static int read_all(struct names *names, DIR *dir)
{
  size_t room = 0;
  for (;;)
  {
    struct dirent const *d;
    errno = 0;
    d = readdir(dir);
    if (!d) return errno ? -1 : 0;
    if (d->d_name[0] != '.' && add(names, &room, d->d_name) == -1) return -1;
  }
}

int names_read(struct names *names, int fd)
{
  DIR *dir = fdopendir(fd);
  int r, e;
  names->list = 0;
  names->count = 0;
  if (!dir) return fd_close(fd), -1;
  r = read_all(names, dir);
  e = errno;
  closedir(dir);
  if (r == -1) names_free(names);
  else if (names->count) qsort(names->list, names->count, sizeof *names->list, &by_name);
  errno = e;
  return r;
}

void names_free(struct names *names)
{
  while (names->count) free(names->list[--names->count]);
  free(names->list);
  names->list = 0;
}
