/* Unix-domain addresses in and out of text: see local_address.h. */

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "local_address.h"

enum { BEFORE_NAME = offsetof(struct sockaddr_un, sun_path) };

int local_parse(struct address *a, char const *path)
{
  size_t length = strlen(path);
  int abstract = path[0] == '@';
  memset(a, 0, sizeof *a);
  if (length <= (size_t)abstract) return (errno = EINVAL, -1);
  /* An abstract name has a NUL in front where a path has one at its end. */
  if (length - (size_t)abstract >= sizeof a->sa.un.sun_path) return (errno = ENAMETOOLONG, -1);
  a->sa.un.sun_family = AF_UNIX;
  memcpy(a->sa.un.sun_path, path, length);
  if (abstract) a->sa.un.sun_path[0] = 0;
  a->length = (socklen_t)(BEFORE_NAME + length + !abstract);
  return 0;
}

int local_is_abstract(struct address const *a)
{
  return a->length > BEFORE_NAME && !a->sa.un.sun_path[0];
}

static void put_abstract(struct text *t, char const *name, size_t length)
{
  size_t i = 0;
  for (; i < length; i++) text_put(t, name[i] ? name + i : "@", 1);
}

void local_put(struct text *t, struct address const *a)
{
  char const *name = a->sa.un.sun_path;
  size_t length = a->length > BEFORE_NAME ? a->length - BEFORE_NAME : 0;
  /* The kernel may count a NUL that has no place in sun_path (unix(7), BUGS). */
  if (length > sizeof a->sa.un.sun_path) length = sizeof a->sa.un.sun_path;
  if (local_is_abstract(a)) put_abstract(t, name, length);
  else text_put(t, name, strnlen(name, length));
}

char const *local_most(char space[LOCAL_DIGITS_MAX])
{
  struct text t = { .s = space, .length = 0, .max = LOCAL_DIGITS_MAX, .cut = 0 };
  text_number(&t, LOCAL_PATH_MAX);
  return text_end(&t);
}
