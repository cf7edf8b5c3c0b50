/* A rules directory as a backend: read at each lookup, so that an edit takes effect at once. */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <skalibs/djbunix.h>

#include "rules_internal.h"

enum
{
  SETTLED = 2,       /* seconds: no file system in use has coarser times */
  SCAN_ONCE = 256    /* entries: listing more costs more than asking for each of 129 lengths */
};

static char const *const types[2] = { "ip4", "ip6" };

int directory_begin(struct rules *r)
{
  r->fd = search_open(AT_FDCWD, r->path);
  return r->fd == -1 ? trouble_note(&r->trouble, 0, 0, 0) : 0;
}

void directory_end(struct rules *r)
{
  fd_close(r->fd);
  r->fd = -1;
}

int rules_open_dir(struct rules *r, char const *path, enum rules_use use)
{
  rules_begin(r, path, use);
  if (directory_begin(r) == -1) return -1;
  directory_end(r);
  r->form = RULES_DIR;
  return 0;
}

/* 1 if every entry was seen, 0 if there are too many. */
static int scan(struct prefixes *p, DIR *dir, int is6, unsigned int most)
{
  unsigned int n = 0;
  prefixes_clear(p);
  for (;;)
  {
    struct dirent const *d;
    int length;
    errno = 0;
    d = readdir(dir);
    if (!d) return !errno;
    if (++n > most) return 0;
    length = key_prefix(d->d_name, strlen(d->d_name), is6 ? 128 : 32);
    if (length != -1) prefixes_add(p, (unsigned int)length);
  }
}

/* What the name leads to may have been exchanged since it was looked at. */
static int is_still(int fd, struct file_state const *seen)
{
  struct stat st;
  struct file_state now;
  if (fstat(fd, &st) == -1) return 0;
  file_state_take(&now, &st);
  return file_state_same(&now, seen);
}

static int scan_directory(struct rules *r, int is6, struct file_state const *seen)
{
  int fd = openat(r->fd, types[is6], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *dir = fd == -1 ? 0 : fdopendir(fd);
  int complete;
  if (!dir)
  {
    if (fd != -1) fd_close(fd);
    return 0;
  }
  complete = is_still(fd, seen) && scan(&r->present[is6], dir, is6, r->use == RULES_ONCE ? SCAN_ONCE : (unsigned int)-1);
  closedir(dir);
  return complete;
}

/* A change in the same tick of the file system's clock leaves no trace, so what changed just now is not
   to be remembered. The time of change is used because nobody can set it. */
static int is_settled(struct stat const *st)
{
  struct timespec now;
  return clock_gettime(CLOCK_REALTIME, &now) == 0 && st->st_ctim.tv_sec + SETTLED <= now.tv_sec;
}

static int stat_directory(int at, char const *name, struct stat *st)
{
  if (fstatat(at, name, st, 0) == -1) return -1;
  return S_ISDIR(st->st_mode) ? 0 : (errno = ENOTDIR, -1);
}

/* What ENOENT says of a whole type may be a symbolic link that leads nowhere. */
static int is_dangling(struct rules const *r, char const *type)
{
  struct stat st;
  int dangling = fstatat(r->fd, type, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode) && fstatat(r->fd, type, &st, 0) == -1;
  errno = ENOENT;
  return dangling;
}

/* If the directory cannot be listed, or is changing, all lengths are looked for: only slower. */
struct prefixes const *directory_prefixes(struct rules *r, int is6)
{
  struct stat st;
  struct file_state now;
  if (stat_directory(r->fd, types[is6], &st) == -1)
  {
    if (errno != ENOENT || is_dangling(r, types[is6])) return trouble_note(&r->trouble, types[is6], 3, 0), (struct prefixes *)0;
    r->is_indexed[is6] = 0;
    prefixes_clear(&r->present[is6]);
    return &r->present[is6];
  }
  file_state_take(&now, &st);
  if (r->is_indexed[is6] && file_state_same(&now, &r->indexed[is6])) return &r->present[is6];
  r->is_indexed[is6] = 0;
  if (r->use == RULES_KEPT && !is_settled(&st)) prefixes_fill(&r->present[is6]);
  else if (!scan_directory(r, is6, &now)) prefixes_fill(&r->present[is6]);
  else if (r->use == RULES_KEPT)
  {
    r->indexed[is6] = now;
    r->is_indexed[is6] = 1;
  }
  return &r->present[is6];
}

/* No rule: because there is none, or because nobody can look at any of its type? For addresses, of which many
   keys are looked for, directory_prefixes has asked that already. */
static enum ruling missing(struct rules *r, char const *key)
{
  char type[RULE_KEY_MAX + 1];
  size_t length = strcspn(key, "/");
  if (!strncmp(key, "ip", 2)) return RULE_NONE;
  memcpy(type, key, length);
  type[length] = 0;
  if (!is_dangling(r, type)) return RULE_NONE;
  trouble_note(&r->trouble, type, length, 0);
  return RULE_ERROR;
}

enum ruling directory_find(struct rules *r, struct rule *rule, char const *key, size_t length)
{
  enum ruling ruling;
  (void)length;
  ruling = rule_read(r->fd, key, &r->space, &r->trouble);
  if (ruling == RULE_NONE) return missing(r, key);
  if (ruling != RULE_ALLOW) return ruling;
  rule->env = r->space.env;
  rule->env_length = r->space.env_length;
  rule->exec = r->space.exec_length ? r->space.exec : 0;
  rule->exec_length = r->space.exec_length;
  return RULE_ALLOW;
}
