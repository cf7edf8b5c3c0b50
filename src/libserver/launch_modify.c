/* What an access rule changes of one launch: its environment, its program. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <skalibs/env.h>

#include <execline/config.h>

#include "launch.h"
#include "program.h"

/* The array with room for so many, or 0 with ENOMEM: then it is as before. */
static void *grown(void *array, size_t *room, size_t wanted, size_t size)
{
  void *larger;
  if (wanted <= *room) return array;
  larger = realloc(array, wanted * size);
  if (larger) *room = wanted;
  return larger;
}

static int grow_text(char **text, size_t *room, size_t wanted)
{
  char *larger = grown(*text, room, wanted, 1);
  if (!larger) return -1;
  *text = larger;
  return 0;
}

static int grow_list(char const ***list, size_t *room, size_t wanted)
{
  char const **larger = grown(*list, room, wanted, sizeof *larger);
  if (!larger) return -1;
  *list = larger;
  return 0;
}

int launch_modify(struct launch *s, char const *modifications, size_t length)
{
  size_t n = env_len(s->first), i = 0, entries = 0;
  if (!length) return 0;
  for (; i < length; i++) entries += !modifications[i];
  if (grow_text(&s->modifications, &s->modifications_room, length) == -1) return -1;
  if (grow_list(&s->merged, &s->merged_room, n + entries + 1) == -1) return -1;
  memcpy(s->modifications, modifications, length);
  if (!env_merge(s->merged, n + entries + 1, s->first, n, s->modifications, length)) return (errno = ENOMEM, -1);
  s->first = s->merged;
  return 0;
}

/* Where execline has no directory of its own its name is looked up in PATH, never in the current directory. */
static char const *find_execlineb(struct launcher *l)
{
  if (!l->execlineb) l->execlineb = program_find(EXECLINE_EXTBINPREFIX "execlineb");
  return l->execlineb;
}

/* -P: a rule's script has no positional parameters, and its dollars are its own. */
int launch_script(struct launch *s, char const *script, size_t length)
{
  char const *file = find_execlineb(s->launcher);
  s->launcher->failed = "execlineb";
  if (!file || grow_text(&s->script, &s->script_room, length + 1) == -1) return -1;
  memcpy(s->script, script, length);
  s->script[length] = 0;
  s->script_argv[0] = "execlineb";
  s->script_argv[1] = "-Pc";
  s->script_argv[2] = s->script;
  s->script_argv[3] = 0;
  s->child.file = file;
  s->child.argv = s->script_argv;
  return 0;
}
