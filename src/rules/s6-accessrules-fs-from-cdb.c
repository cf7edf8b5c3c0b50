/* Makes a rules directory from a database. It grows under another name, in which everything is ours, and
   appears when it is complete. */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <skalibs/allreadwrite.h>
#include <skalibs/djbunix.h>

#include "die.h"
#include "fds.h"
#include "rules.h"
#include "rules_opts.h"
#include "unfinished.h"

struct decompiler
{
  char const *file;
  struct unfinished dir;
  mode_t mode;  /* of directories */
  struct rules rules;
};

static void die_abandoning(struct decompiler *d, char const *what, char const *which)
{
  unfinished_abandon(&d->dir);
  die_system(what, d->dir.name, "/", which);
}

static void die_of_record(struct decompiler *d, cdb_data const *key, char const *why)
{
  char space[RULE_KEY_MAX + 1];
  struct text name = TEXT_IN(space);
  text_scrubbed(&name, key->s, key->len);
  strerr_diefu(EXIT_SYSTEM, "make rules from ", d->file, ": ", text_end(&name), ": ", why);
}

/* One file name that leads nowhere else, and that a rules directory would be asked for. */
static int is_file_name(char const *s, size_t length)
{
  size_t i = 0;
  if (!length || s[0] == '.') return 0;
  for (; i < length; i++)
    if (s[i] <= ' ' || s[i] > '~' || s[i] == '/') return 0;
  return 1;
}

static int is_key(cdb_data const *key)
{
  char const *slash = memchr(key->s, '/', key->len);
  if (!slash || key->len > RULE_KEY_MAX) return 0;
  return is_file_name(key->s, (size_t)(slash - key->s)) && is_file_name(slash + 1, (size_t)(key->s + key->len - slash - 1));
}

static int has_good_names(struct rule const *rule)
{
  size_t i = 0;
  for (; i < rule->env_length; i += strlen(rule->env + i) + 1)
    if (!is_file_name(rule->env + i, strcspn(rule->env + i, "="))) return 0;
  return 1;
}

/* Everything is looked at before anything is made. */
static void require_good_keys(struct decompiler *d)
{
  uint32_t position = CDB_TRAVERSE_INIT();
  cdb_data key, record;
  while (rules_next(&d->rules, &position, &key, &record) == 1)
  {
    struct rule rule = { .env_length = 0 };
    char const *why;
    if (!is_key(&key)) die_of_record(d, &key, "this key cannot be a file name");
    rule_parse(&rule, record.s, record.len, &why);
    if (!has_good_names(&rule)) die_of_record(d, &key, "a variable's name cannot be a file name");
  }
}

static void make_directory(struct decompiler *d, char const *name)
{
  if (mkdirat(d->dir.fd, name, d->mode) == -1 && errno != EEXIST) die_abandoning(d, "create ", name);
}

static void make_file(struct decompiler *d, char const *name, char const *content, size_t length)
{
  int fd = openat(d->dir.fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
  if (fd == -1 || allwrite(fd, content, length) < length || close(fd) == -1) die_abandoning(d, "write ", name);
}

/* The reader turns NUL bytes into newlines and takes blanks off the end. */
static void make_variable(struct decompiler *d, char const *name, char const *value)
{
  char content[RULE_RECORD_ENV_MAX + 1];
  size_t length = strlen(value), i = 0;
  for (; i < length; i++) content[i] = value[i] == '\n' ? 0 : value[i];
  if (length && strchr(" \t\r", value[length - 1]))
    strerr_warnw(d->dir.name, "/", name, " loses the blanks at its end, which a file of this kind cannot have");
  content[length] = '\n';
  make_file(d, name, content, length + 1);
}

/* name has room for `key/env/NAME` behind the key. */
static void make_environment(struct decompiler *d, struct rule const *rule, char *name, size_t length)
{
  size_t i = 0;
  if (!rule->env_length) return;
  strcpy(name + length, "/env");
  make_directory(d, name);
  name[length + 4] = '/';
  for (; i < rule->env_length; i += strlen(rule->env + i) + 1)
  {
    char const *word = rule->env + i;
    size_t n = strcspn(word, "=");
    memcpy(name + length + 5, word, n);
    name[length + 5 + n] = 0;
    if (word[n]) make_variable(d, name, word + n + 1);
    else make_file(d, name, "", 0);
  }
}

static void make_rule(struct decompiler *d, cdb_data const *key, cdb_data const *record)
{
  char name[RULE_KEY_MAX + 8 + RULE_RECORD_ENV_MAX];
  struct rule rule;
  char const *why;
  enum ruling ruling = rule_parse(&rule, record->s, record->len, &why);
  size_t type = (size_t)((char const *)memchr(key->s, '/', key->len) - key->s);
  memcpy(name, key->s, key->len);
  name[type] = 0;
  make_directory(d, name);
  name[type] = '/';
  name[key->len] = 0;
  make_directory(d, name);
  strcpy(name + key->len, ruling == RULE_ALLOW ? "/allow" : "/deny");
  make_file(d, name, "", 0);
  if (ruling != RULE_ALLOW) return;
  make_environment(d, &rule, name, key->len);
  strcpy(name + key->len, "/exec");
  if (rule.exec_length) make_file(d, name, rule.exec, rule.exec_length);
}

static void make_rules(struct decompiler *d)
{
  uint32_t position = CDB_TRAVERSE_INIT();
  cdb_data key, record;
  while (rules_next(&d->rules, &position, &key, &record) == 1)
  {
    unfinished_obey(&d->dir);
    make_rule(d, &key, &record);
  }
}

int main(int argc, char const *const *argv)
{
  struct opts given;
  static struct decompiler d;
  (void)argc;

  argv = opts_parse(&given, &rules_opts, RULES_DECOMPILER, argv);
  require_no_more(argv + 2);
  if (fds_ensure_standard() == -1) die_system("open the standard descriptors");
  d.file = argv[1];
  d.mode = unfinished_mode(0755);

  if (rules_open_cdb(&d.rules, d.file, RULES_ONCE) == -1)
    strerr_diefu(EXIT_SYSTEM, "read ", d.file, d.rules.trouble.entry.length ? ": " : "", d.rules.trouble.entry.s, ": ", d.rules.trouble.why);
  require_good_keys(&d);
  unfinished_directory(&d.dir, argv[0]);
  make_rules(&d);
  unfinished_finish(&d.dir, d.mode);
  return 0;
}
