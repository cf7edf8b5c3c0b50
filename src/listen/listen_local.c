/* Unix-domain listeners: whose path, bind, announce. */

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <sys/socket.h>

#include "backlog.h"
#include "bind_local.h"
#include "chain.h"
#include "die.h"
#include "listen_local.h"
#include "local_address.h"
#include "announcement.h"

static uid_t require_user(char const *name)
{
  struct passwd const *entry;
  errno = 0;
  entry = getpwnam(name);
  if (entry) return entry->pw_uid;
  if (errno && errno != ENOENT) die_system("look up the user ", name);
  die_usage("there is no user called '", name, "'");
}

static gid_t require_group(char const *name)
{
  struct group const *entry;
  errno = 0;
  entry = getgrnam(name);
  if (entry) return entry->gr_gid;
  if (errno && errno != ENOENT) die_system("look up the group ", name);
  die_usage("there is no group called '", name, "'");
}

/* The last one given counts, be it a number or a name. */
static void owner_read(struct local_settings *s, struct opts const *o)
{
  int uid = opts_switch(o, "uid", "user", -1);
  int gid = opts_switch(o, "gid", "group", -1);
  if (uid == 1) s->uid = (uid_t)opts_number(o, "uid", 0);
  if (uid == 0) s->uid = require_user(opts_value(o, "user", 0));
  if (gid == 1) s->gid = (gid_t)opts_number(o, "gid", 0);
  if (gid == 0) s->gid = require_group(opts_value(o, "group", 0));
}

static void settings_read(struct local_settings *s, struct opts const *o, int type, int listens)
{
  s->type = type;
  s->backlog = listens ? backlog_read(o) : 0;
  s->has_mode = opts_has(o, "mode");
  s->mode = (mode_t)opts_octal(o, "mode", 0);
  s->pass_credentials = opts_has(o, "pass-credentials");
  s->pass_security = opts_has(o, "pass-security");
  owner_read(s, o);
}

static void require_path(char const *path)
{
  char space[LOCAL_DIGITS_MAX];
  struct address a;
  if (!local_parse(&a, path)) return;
  if (errno == ENAMETOOLONG) die_usage("path '", path, "' is too long: it may have at most ", local_most(space), " bytes");
  die_usage("path must be a path or @name, not '", path, "'");
}

void listen_local(struct opts const *o, int type, int listens, char const *const *words)
{
  struct local_settings settings = LOCAL_SETTINGS;
  struct announcement announcement;

  require_program(words + 1);
  require_path(words[0]);
  settings_read(&settings, o, type, listens);
  announcement_plan(&announcement, o);

  bind_local_or_die(announcement.fd, &settings, words[0]);
  announcement_make(&announcement);
  chain_become(words + 1);
}
