/* Asking the account databases: see account.h. */

#define _GNU_SOURCE
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "account.h"
#include "die.h"
#include "number.h"
#include "text.h"

/* getpwnam(3): these mean "not found", on one system or another. */
static void require_answer(char const *what, char const *name)
{
  if (errno && errno != ENOENT && errno != ESRCH && errno != EBADF && errno != EPERM) die_system("look up ", what, " ", name);
}

static struct passwd const *find_user(char const *name)
{
  struct passwd const *user;
  errno = 0;
  user = getpwnam(name);
  if (!user) require_answer("user", name);
  return user;
}

static int as_number(char const *name, uint64_t *id)
{
  return !number_parse(name, 10, ID_MAX, id);
}

int uid_of_name(uid_t *uid, char const *name, int numeric)
{
  uint64_t id;
  struct passwd const *user = find_user(name);
  if (user) *uid = user->pw_uid;
  else if (numeric && as_number(name, &id)) *uid = (uid_t)id;
  else return 0;
  return 1;
}

int gid_of_name(gid_t *gid, char const *name, int numeric)
{
  uint64_t id;
  struct group const *group;
  errno = 0;
  group = getgrnam(name);
  if (!group) require_answer("group", name);
  if (group) *gid = group->gr_gid;
  else if (numeric && as_number(name, &id)) *gid = (gid_t)id;
  else return 0;
  return 1;
}

/* getgrouplist(3) puts the primary group in; GID has it already. The list may grow between two
   calls: asked again until it fits. */
static void read_groups(struct account *a, char const *name)
{
  int n = 32, room;
  size_t i = 0;
  do
  {
    room = n;
    a->groups = realloc(a->groups, (size_t)room * sizeof(gid_t));
    if (!a->groups) die_system("allocate memory");
  }
  while (getgrouplist(name, a->gid, a->groups, &n) == -1 && n > room);
  for (; i < (size_t)n && i < (size_t)room; i++)
    if (a->groups[i] != a->gid) a->groups[a->group_count++] = a->groups[i];
}

int account_of_user(struct account *a, char const *name, int numeric)
{
  uint64_t id;
  struct passwd const *user = find_user(name);
  char *own_name;
  memset(a, 0, sizeof *a);
  if (!user && numeric && as_number(name, &id))
  {
    errno = 0;
    user = getpwuid((uid_t)id);
    if (!user) require_answer("uid", name);
  }
  if (!user) return 0;
  a->uid = user->pw_uid;
  a->gid = user->pw_gid;
  own_name = strdup(user->pw_name);  /* the next database call reuses its memory */
  if (!own_name) die_system("allocate memory");
  read_groups(a, own_name);
  free(own_name);
  return 1;
}

char *account_group_list(struct account const *a)
{
  struct text t = { malloc(a->group_count * 11 + 1), 0, a->group_count * 11 + 1, 0 };
  size_t i = 0;
  if (!t.s) die_system("allocate memory");
  for (; i < a->group_count; i++)
  {
    if (i) text_string(&t, ",");
    text_number(&t, a->groups[i]);
  }
  return text_end(&t);
}

struct pair account_pair(char const *word, int half_is_enough)
{
  struct pair p;
  size_t length = strcspn(word, ":");
  p.user = strdup(word);
  if (!p.user) die_system("allocate memory");
  p.group = p.user + length + !!word[length];
  p.user[length] = 0;
  if (!half_is_enough && (!p.user[0] || !p.group[0])) die_usage("account must be user:group, not '", word, "'");
  return p;
}
