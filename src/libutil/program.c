/* PATH search: see program.h. Done once by a daemon instead of once in each child. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <skalibs/config.h>

#include "program.h"

/* eaccess semantics by hand would race; access(2) is right because our ids are never mixed here, and
   a wrong answer only moves the same error from here to execve. */
static int is_executable(char const *file)
{
  struct stat st;
  if (stat(file, &st) == -1) return 0;
  if (S_ISDIR(st.st_mode)) return (errno = EISDIR, 0);
  if (!S_ISREG(st.st_mode)) return (errno = EACCES, 0);
  if (access(file, X_OK) == 0) return 1;
  return errno == ENOSYS || errno == EPERM;  /* a sandbox that knows no such question: execve decides */
}

static char *join(char const *directory, size_t length, char const *name)
{
  size_t size = strlen(name) + 1;
  char *file = malloc(length + 1 + size);
  if (!file) return 0;
  memcpy(file, directory, length);
  file[length] = '/';
  memcpy(file + length + 1, name, size);
  return file;
}

static char *search(char const *path, char const *name)
{
  int reason = ENOENT;
  for (;;)
  {
    size_t length = strcspn(path, ":");
    if (length)
    {
      char *file = join(path, length, name);
      if (!file) return 0;
      if (is_executable(file)) return file;
      free(file);
      if (errno != ENOENT && errno != ENOTDIR) reason = errno;
    }
    if (!path[length]) break;
    path += length + 1;
  }
  return (errno = reason, (char *)0);
}

char *program_find(char const *name)
{
  char const *path;
  if (!name[0]) return (errno = ENOENT, (char *)0);
  if (strchr(name, '/')) return is_executable(name) ? strdup(name) : 0;
  path = getenv("PATH");
  return search(path ? path : SKALIBS_DEFAULTPATH, name);
}
