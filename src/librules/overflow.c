/* In a user namespace every id that has no equal there is shown as the same one, the overflow id
   (user_namespaces(7)): it does not identify a client. Where all ids are mapped there is no such thing. */

#define _GNU_SOURCE  /* SCM_CREDENTIALS */

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <skalibs/djbunix.h>

#include "rules_internal.h"

#ifdef SCM_CREDENTIALS

enum { OVERFLOW_DEFAULT = 65534, FILE_MAX = 4096 };

/* Reads a small file of the system. Returns 0, or -1 if there is none. */
static int read_small(char *s, size_t room, char const *path)
{
  ssize_t n = openreadnclose(path, s, room - 1);
  if (n == -1) return -1;
  s[n] = 0;
  return 0;
}

/* Lines of "inside outside count". Without a map that can be read this is unknown, so that not all ids count as
   mapped. */
static int maps_all(char const *path)
{
  char s[FILE_MAX];
  char *at = s;
  unsigned long long total = 0;
  if (read_small(s, sizeof s, path) == -1) return 0;
  for (;;)
  {
    char *end;
    strtoull(at, &at, 10);
    strtoull(at, &at, 10);
    total += strtoull(at, &end, 10);
    if (end == at) break;
    at = end;
  }
  return total >= 4294967295u;
}

static int find(id_t *id, char const *map, char const *number)
{
  char s[32];
  if (maps_all(map)) return 0;
  *id = read_small(s, sizeof s, number) == -1 ? OVERFLOW_DEFAULT : (id_t)strtoul(s, 0, 10);
  return 1;
}

void overflow_read(struct rule_overflow *o)
{
  o->has_uid = find(&o->uid, "/proc/self/uid_map", "/proc/sys/kernel/overflowuid");
  o->has_gid = find(&o->gid, "/proc/self/gid_map", "/proc/sys/kernel/overflowgid");
}

#else

void overflow_read(struct rule_overflow *o)
{
  o->has_uid = o->has_gid = 0;
}

#endif
