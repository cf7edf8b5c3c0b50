/* --unlink-at-exit: see ipc_paths.h. */

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "die.h"
#include "ipc_paths.h"
#include "local_address.h"

struct ipc_path
{
  char name[LOCAL_TEXT_MAX];
  dev_t device;
  ino_t inode;
};

static void warn(struct server *s, char const *what, char const *path, int e)
{
  if (log_wants(&s->log, LOG_WARNING)) log_unable(&s->log, what, path, e);
}

/* Returns true if there is such a file to remove. An abstract name goes by itself. */
static int remember(struct ipc_path *p, struct server *s, struct address const *a)
{
  struct text name = TEXT_IN(p->name);
  struct stat st;
  if (local_is_abstract(a)) return 0;
  local_put(&name, a);
  text_end(&name);
  if (lstat(p->name, &st) == -1)
  {
    warn(s, "remove at exit the path", p->name, errno);
    return 0;
  }
  p->device = st.st_dev;
  p->inode = st.st_ino;
  if (!S_ISSOCK(st.st_mode)) warn(s, "remove at exit the path", p->name, ENOTSOCK);
  return S_ISSOCK(st.st_mode);
}

void ipc_paths_remember(struct ipc_paths *paths, struct server *s)
{
  unsigned int i = 0;
  paths->files = malloc(s->listener_count * sizeof *paths->files);
  if (!paths->files) die_system("allocate memory");
  for (; i < s->listener_count; i++)
    if (remember(&paths->files[paths->count], s, &s->listeners[i].local)) paths->count++;
}

/* Somebody else's file is left alone. */
static void remove_one(struct ipc_path const *p, struct server *s)
{
  struct stat st;
  if (lstat(p->name, &st) == -1)
  {
    if (errno != ENOENT) warn(s, "remove", p->name, errno);
  }
  else if (st.st_dev != p->device || st.st_ino != p->inode) warn(s, "remove", p->name, EEXIST);
  else if (unlink(p->name) == -1) warn(s, "remove", p->name, errno);
}

void ipc_paths_remove(struct ipc_paths *paths, struct server *s)
{
  unsigned int i = 0;
  for (; i < paths->count; i++) remove_one(&paths->files[i], s);
  log_flush(&s->log);
  free(paths->files);
}
