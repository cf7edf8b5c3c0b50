/* Which rules a directory has, so that only those are looked for: prefix lengths and group ids. A listing is kept
   until the directory changes. */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <skalibs/djbunix.h>

#include "rules_internal.h"

enum
{
  SETTLED = 2,       /* seconds: no file system in use has coarser times */
  SCAN_ONCE = 256    /* entries: listing more costs more than asking for each of 129 lengths */
};

static char const *const types[INDEX_TYPES] = { "ip4", "ip6", "gid" };

static void clear(struct rules *r, enum index_type type)
{
  if (type == INDEX_GID) r->gids.count = 0;
  else prefixes_clear(&r->present[type]);
}

/* -1 with ENOMEM. */
static int take_name(struct rules *r, enum index_type type, char const *name)
{
  uint32_t id;
  int length;
  if (type == INDEX_GID) return key_id(name, strlen(name), &id) ? gids_add(&r->gids, (gid_t)id) : 0;
  length = key_prefix(name, strlen(name), type == INDEX_IP6 ? 128 : 32);
  if (length != -1) prefixes_add(&r->present[type], (unsigned int)length);
  return 0;
}

/* 0 if every entry was seen; -1 with errno, which is 0 if there are too many. */
static int scan(struct rules *r, enum index_type type, DIR *dir)
{
  unsigned int n = 0, most = type == INDEX_GID || r->use == RULES_KEPT ? (unsigned int)-1 : SCAN_ONCE;
  clear(r, type);
  for (;;)
  {
    struct dirent const *d;
    errno = 0;
    d = readdir(dir);
    if (!d) return errno ? -1 : 0;
    if (n++ == most) return (errno = 0, -1);
    if (take_name(r, type, d->d_name) == -1) return -1;
  }
}

/* Lists what the name leads to now; *st describes that very directory. -1 with errno. */
static int list(struct rules *r, enum index_type type, struct stat *st)
{
  int fd = openat(r->fd, types[type], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *dir = fd == -1 ? 0 : fdopendir(fd);
  int result, e;
  if (!dir)
  {
    if (fd != -1) fd_close(fd);
    return -1;
  }
  result = fstat(fd, st) == -1 ? -1 : scan(r, type, dir);
  e = errno;
  closedir(dir);
  if (type == INDEX_GID) gids_sort(&r->gids);
  errno = e;
  return result;
}

/* A change in the same tick of the file system's clock leaves no trace, so what changed just now is not
   to be remembered. The time of change is used because it cannot be set. */
static int is_settled(struct stat const *st)
{
  struct timespec now;
  return clock_gettime(CLOCK_REALTIME, &now) == 0 && st->st_ctim.tv_sec + SETTLED <= now.tv_sec;
}

/* 1 and its description; 0 if there is no such type; -1 with errno and fault. */
static int look(struct rules *r, enum index_type type, struct stat *st)
{
  if (fstatat(r->fd, types[type], st, 0) == 0)
  {
    if (S_ISDIR(st->st_mode)) return 1;
    errno = ENOTDIR;
  }
  else if (errno == ENOENT && !directory_is_dangling(r, types[type])) return 0;
  return fault_note(&r->fault, types[type], 3, 0);
}

static int is_known(struct rules const *r, enum index_type type, struct stat const *st)
{
  struct file_state now;
  file_state_take(&now, st);
  return r->is_indexed[type] && file_state_same(&now, &r->indexed[type]);
}

static void remember(struct rules *r, enum index_type type, struct stat const *st)
{
  r->is_indexed[type] = r->use == RULES_KEPT && is_settled(st);
  file_state_take(&r->indexed[type], st);
}

/* If the directory cannot be listed, or is changing, all lengths are looked for: only slower. */
struct prefixes const *directory_prefixes(struct rules *r, int is6)
{
  enum index_type type = is6 ? INDEX_IP6 : INDEX_IP4;
  struct stat st;
  int there = look(r, type, &st);
  if (there == -1) return 0;
  if (there && is_known(r, type, &st)) return &r->present[type];
  r->is_indexed[type] = 0;
  if (!there) clear(r, type);
  else if ((r->use == RULES_KEPT && !is_settled(&st)) || list(r, type, &st) == -1) prefixes_fill(&r->present[type]);
  else remember(r, type, &st);
  return &r->present[type];
}

int directory_has_gids(struct rules *r)
{
  struct stat st;
  return look(r, INDEX_GID, &st);
}

/* There are too many groups to ask for each: without a list there is no answer. */
int directory_index_gids(struct rules *r)
{
  struct stat st;
  int there = look(r, INDEX_GID, &st);
  if (there == -1) return -1;
  if (there && is_known(r, INDEX_GID, &st)) return 0;
  r->is_indexed[INDEX_GID] = 0;
  clear(r, INDEX_GID);
  if (!there) return 0;
  if (list(r, INDEX_GID, &st) == -1) return fault_note(&r->fault, types[INDEX_GID], 3, 0);
  remember(r, INDEX_GID, &st);
  return 0;
}
