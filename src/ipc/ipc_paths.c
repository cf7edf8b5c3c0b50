/* --unlink-at-exit: see ipc_paths.h. */

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "die.h"
#include "file_same.h"
#include "ipc_paths.h"
#include "local_address.h"
#include "part.h"

struct path
{
  char name[LOCAL_TEXT_MAX];
  struct stat file;
};

struct paths
{
  struct part part;
  struct path *all;
  unsigned int count;
};

static void warn(struct server *s, char const *what, char const *path, int e)
{
  struct log *log = server_log(s);
  if (log_wants(log, LOG_WARNING)) log_unable(log, what, path, e);
}

static void leave(struct server *s, char const *path, char const *why)
{
  struct log *log = server_log(s);
  struct text *t;
  if (!log_wants(log, LOG_WARNING)) return;
  t = log_begin(log, "warning");
  text_string(t, "not removing ");
  text_string(t, path);
  text_string(t, ": ");
  text_string(t, why);
  log_end(log);
}

/* Returns true if there is such a file to remove. An abstract name goes by itself. */
static int remember(struct path *p, struct server *s, struct address const *a)
{
  struct text name = TEXT_IN(p->name);
  if (local_is_abstract(a)) return 0;
  local_put(&name, a);
  text_end(&name);
  if (lstat(p->name, &p->file) == -1)
  {
    warn(s, "remove at exit the path", p->name, errno);
    return 0;
  }
  if (S_ISSOCK(p->file.st_mode)) return 1;
  leave(s, p->name, "it is not a socket");
  return 0;
}

/* The file of another server is left alone. */
static void remove_one(struct path const *p, struct server *s)
{
  struct stat now;
  if (lstat(p->name, &now) == -1)
  {
    if (errno != ENOENT) warn(s, "remove", p->name, errno);
  }
  else if (!file_is_same(&now, &p->file)) leave(s, p->name, "another file is there now");
  else if (unlink(p->name) == -1) warn(s, "remove", p->name, errno);
}

static void at_exit(struct server *s, void *data)
{
  struct paths *paths = data;
  unsigned int i = 0;
  for (; i < paths->count; i++) remove_one(&paths->all[i], s);
}

void ipc_paths_unlink_at_exit(struct server *s)
{
  struct paths *paths = calloc(1, sizeof *paths);
  unsigned int i = 0;
  if (!paths || !(paths->all = calloc(server_listeners(s), sizeof *paths->all))) die_system("allocate memory");
  for (; i < server_listeners(s); i++)
    if (remember(&paths->all[paths->count], s, &server_listener(s, i)->local)) paths->count++;
  paths->part.name = "paths";
  paths->part.data = paths;
  paths->part.at_exit = &at_exit;
  server_add_part_first(s, &paths->part);
}
