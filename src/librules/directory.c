/* A rules directory as a backend: read at each lookup, so that an edit takes effect at once. */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <skalibs/djbunix.h>

#include "rules_internal.h"

int directory_begin(struct rules *r)
{
  r->fd = search_open(AT_FDCWD, r->path);
  return r->fd == -1 ? fault_note(&r->fault, 0, 0, 0) : 0;
}

void directory_end(struct rules *r)
{
  fd_close(r->fd);
  r->fd = -1;
}

int rules_open_dir(struct rules *r, char const *path, enum rules_use use)
{
  ruleset_begin(r, path, use);
  if (directory_begin(r) == -1) return -1;
  directory_end(r);
  r->form = RULES_DIR;
  return 0;
}

int directory_is_dangling(struct rules const *r, char const *type)
{
  struct stat st;
  int dangling = fstatat(r->fd, type, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode) && fstatat(r->fd, type, &st, 0) == -1;
  errno = ENOENT;
  return dangling;
}

/* No rule: because there is none, or because no rule of its type can be looked at? For addresses, of which many
   keys are looked for, directory_prefixes has asked that already. */
static enum ruling missing(struct rules *r, char const *key)
{
  char type[RULE_KEY_MAX + 1];
  size_t length = strcspn(key, "/");
  if (!strncmp(key, "ip", 2)) return RULE_NONE;
  memcpy(type, key, length);
  type[length] = 0;
  if (!directory_is_dangling(r, type)) return RULE_NONE;
  fault_note(&r->fault, type, length, 0);
  return RULE_ERROR;
}

enum ruling directory_find(struct rules *r, struct rule *rule, char const *key)
{
  enum ruling ruling = rule_read(r->fd, key, &r->space, &r->fault);
  if (ruling == RULE_NONE) return missing(r, key);
  if (ruling != RULE_ALLOW) return ruling;
  rule->env = r->space.env;
  rule->env_length = r->space.env_length;
  rule->exec = r->space.exec_length ? r->space.exec : 0;
  rule->exec_length = r->space.exec_length;
  return RULE_ALLOW;
}
