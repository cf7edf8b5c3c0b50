/* Changing user and groups, and making sure that it happened: see identity.h. A call that claims it
   succeeded is not believed: the process is looked at afterwards. */

#define _GNU_SOURCE
#include <errno.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/djbunix.h>

#include "config.h"
#include "die.h"
#include "identity.h"

struct groups
{
  gid_t *list;
  size_t count;
};

static struct groups groups_new(size_t room)
{
  struct groups g = { malloc((room + 1) * sizeof(gid_t)), 0 };
  if (!g.list) die_system("allocate memory");
  return g;
}

/* The supplementary groups that are wanted: the primary gid first, as the kernel counts it among them on
   some systems. Returns false if they are to stay as they are. */
static int wanted_groups(struct identity const *i, struct groups *g)
{
  int narrow = (i->has_uid || i->has_gid) && !i->keep_groups && !geteuid();
  if (!i->has_groups && !narrow) return 0;
  *g = groups_new(i->group_count + 1);
  g->list[g->count++] = i->has_gid ? i->gid : getegid();
  if (i->has_groups && i->group_count)
  {
    memcpy(g->list + 1, i->groups, i->group_count * sizeof(gid_t));
    g->count += i->group_count;
  }
  return 1;
}

static int has(gid_t const *list, size_t count, gid_t gid)
{
  while (count--)
    if (*list++ == gid) return 1;
  return 0;
}

static int is_within(struct groups const *some, struct groups const *all)
{
  size_t i = 0;
  for (; i < some->count; i++)
    if (!has(all->list, all->count, some->list[i])) return 0;
  return 1;
}

/* Not one more and not one less, but for the primary gid, which some systems leave out. */
static int groups_are(struct groups const *wanted)
{
  struct groups const others = { wanted->list + 1, wanted->count - 1 };
  int n = getgroups(0, 0), same;
  struct groups real;
  if (n == -1) die_system("verify the supplementary groups");
  real = groups_new((size_t)n);
  n = getgroups(n, real.list);
  if (n == -1) die_system("verify the supplementary groups");
  real.count = (size_t)n;
  same = is_within(&real, wanted) && is_within(&others, &real);
  free(real.list);
  return same;
}

/* A user namespace may forbid it to all users, root included (user_namespaces(7)). */
static int is_forbidden_here(void)
{
  char s[8];
  ssize_t n = openreadnclose("/proc/self/setgroups", s, sizeof s);
  return n >= 4 && !memcmp(s, "deny", 4);
}

static void die_of_groups(struct identity const *i)
{
  int e = errno;
  char const *hint = "";
  if (e == EPERM && is_forbidden_here())
    hint = i->has_groups ? ", which this user namespace forbids" : ", which this user namespace forbids (--keep-groups leaves them as they are)";
  errno = e;
  die_system("set the supplementary groups", hint);
}

/* A process that may not change them need not, if they are right already: a program that is run as its own account goes on. */
static void change_groups(struct identity const *i, struct groups const *wanted)
{
  int e;
  if (setgroups(wanted->count, wanted->list) == 0) return;
  e = errno;
  if (e == EPERM && groups_are(wanted)) return;
  errno = e;
  die_of_groups(i);
}

/* The real, effective and saved ids, the saved one where the system shows it (configure asked). */
#if SALLYPORT_WITH_RESUID

static int get_gids(gid_t *ids)
{
  return getresgid(ids, ids + 1, ids + 2);
}

static int get_uids(uid_t *ids)
{
  return getresuid(ids, ids + 1, ids + 2);
}

#else

static int get_gids(gid_t *ids)
{
  ids[0] = getgid();
  ids[1] = ids[2] = getegid();
  return 0;
}

static int get_uids(uid_t *ids)
{
  ids[0] = getuid();
  ids[1] = ids[2] = geteuid();
  return 0;
}

#endif

static void verify_gid(gid_t gid)
{
  gid_t ids[3];
  if (get_gids(ids) == -1) die_system("verify the group id");
  if (ids[0] != gid || ids[1] != gid || ids[2] != gid) strerr_dief(EXIT_SYSTEM, "the group id did not change");
}

static void verify_uid(uid_t uid)
{
  uid_t ids[3];
  if (get_uids(ids) == -1) die_system("verify the user id");
  if (ids[0] != uid || ids[1] != uid || ids[2] != uid) strerr_dief(EXIT_SYSTEM, "the user id did not change");
  if (uid && (setuid(0) != -1 || seteuid(0) != -1))
    strerr_dief(EXIT_SYSTEM, "the way back to root is still open");
}

void identity_apply(struct identity const *i)
{
  struct groups groups = { 0, 0 };
  int change = wanted_groups(i, &groups);
  if (change) change_groups(i, &groups);
  if (i->has_gid && setgid(i->gid) == -1) die_system("set the group id");
  if (i->has_uid && setuid(i->uid) == -1) die_system("set the user id");
  if (change)
  {
    if (!groups_are(&groups)) strerr_dief(EXIT_SYSTEM, "the supplementary groups did not change");
    free(groups.list);
  }
  if (i->has_gid) verify_gid(i->gid);
  if (i->has_uid) verify_uid(i->uid);
  if (i->has_uid && i->uid) shed_capabilities();
}
