/* Making a rules directory: see tree.h. */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <skalibs/allreadwrite.h>

#include "die.h"
#include "tree.h"

void tree_begin(struct tree *t, char const *name)
{
  t->mode = unfinished_mode(0755);
  unfinished_directory(&t->dir, name);
}

void tree_finish(struct tree *t)
{
  unfinished_finish(&t->dir, t->mode);
}

void tree_die(struct tree *t, char const *what, char const *which)
{
  unfinished_abandon(&t->dir);
  die_system(what, t->dir.name, "/", which);
}

void tree_directory(struct tree *t, char const *name)
{
  if (mkdirat(t->dir.fd, name, t->mode) == -1 && errno != EEXIST) tree_die(t, "create ", name);
}

void tree_file(struct tree *t, char const *name, char const *content, size_t length)
{
  int fd = openat(t->dir.fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
  if (fd == -1 || allwrite(fd, content, length) < length || close(fd) == -1) tree_die(t, "write ", name);
}

/* The reader turns NUL bytes into newlines and takes blanks off the end. */
void tree_variable(struct tree *t, char const *name, char const *value)
{
  size_t length = strlen(value), i = 0;
  char *content = malloc(length + 1);
  if (!content) tree_die(t, "allocate memory for ", name);
  for (; i < length; i++) content[i] = value[i] == '\n' ? 0 : value[i];
  if (length && strchr(" \t\r", value[length - 1]))
    strerr_warnw(t->dir.name, "/", name, " loses the blanks at its end, which a file of this kind cannot have");
  content[length] = '\n';
  tree_file(t, name, content, length + 1);
  free(content);
}

int tree_has(struct tree const *t, char const *name)
{
  struct stat st;
  return fstatat(t->dir.fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

int is_rule_name(char const *s, size_t length)
{
  size_t i = 0;
  if (!length || s[0] == '.') return 0;
  for (; i < length; i++)
    if (s[i] <= ' ' || s[i] > '~' || s[i] == '/') return 0;
  return 1;
}
