/* Makes a rules directory from a database. It grows under another name, in which everything is ours, and
   appears when it is complete. */

#include <string.h>
#include <sys/stat.h>

#include "die.h"
#include "fds.h"
#include "rules.h"
#include "rules_opts.h"
#include "tree.h"

struct decompiler
{
  char const *file;
  struct tree tree;
  struct rules rules;
};

static void die_of_record(struct decompiler *d, cdb_data const *key, char const *why)
{
  char space[RULE_KEY_MAX + 1];
  struct text name = TEXT_IN(space);
  text_scrubbed(&name, key->s, key->len);
  strerr_diefu(EXIT_SYSTEM, "make rules from ", d->file, ": ", text_end(&name), ": ", why);
}

static int is_key(cdb_data const *key)
{
  char const *slash = memchr(key->s, '/', key->len);
  if (!slash || key->len > RULE_KEY_MAX) return 0;
  return is_rule_name(key->s, (size_t)(slash - key->s)) && is_rule_name(slash + 1, (size_t)(key->s + key->len - slash - 1));
}

static int has_good_names(struct rule const *rule)
{
  size_t i = 0;
  for (; i < rule->env_length; i += strlen(rule->env + i) + 1)
    if (!is_rule_name(rule->env + i, strcspn(rule->env + i, "="))) return 0;
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

/* name has room for `key/env/NAME` after the key. */
static void make_environment(struct decompiler *d, struct rule const *rule, char *name, size_t length)
{
  size_t i = 0;
  if (!rule->env_length) return;
  strcpy(name + length, "/env");
  tree_directory(&d->tree, name);
  name[length + 4] = '/';
  for (; i < rule->env_length; i += strlen(rule->env + i) + 1)
  {
    char const *word = rule->env + i;
    size_t n = strcspn(word, "=");
    memcpy(name + length + 5, word, n);
    name[length + 5 + n] = 0;
    if (word[n]) tree_variable(&d->tree, name, word + n + 1);
    else tree_file(&d->tree, name, "", 0);
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
  tree_directory(&d->tree, name);
  name[type] = '/';
  name[key->len] = 0;
  tree_directory(&d->tree, name);
  strcpy(name + key->len, ruling == RULE_ALLOW ? "/allow" : "/deny");
  tree_file(&d->tree, name, "", 0);
  if (ruling != RULE_ALLOW) return;
  make_environment(d, &rule, name, key->len);
  strcpy(name + key->len, "/exec");
  if (rule.exec_length) tree_file(&d->tree, name, rule.exec, rule.exec_length);
}

static void make_rules(struct decompiler *d)
{
  uint32_t position = CDB_TRAVERSE_INIT();
  cdb_data key, record;
  while (rules_next(&d->rules, &position, &key, &record) == 1)
  {
    unfinished_obey(&d->tree.dir);
    make_rule(d, &key, &record);
  }
}

int main(int argc, char const *const *argv)
{
  struct opts given;
  static struct decompiler d;
  struct stat st;
  (void)argc;

  argv = opts_parse(&given, &rules_opts, RULES_DECOMPILER, argv);
  require_no_more(argv + 2);
  if (fds_ensure_standard() == -1) die_system("open the standard descriptors");
  d.file = argv[1];
  if (stat(d.file, &st) == 0 && S_ISDIR(st.st_mode)) die_usage("'", d.file, "' is a directory: dir comes before cdbfile");

  if (rules_open_cdb(&d.rules, d.file, RULES_ONCE) == -1)
    strerr_diefu(EXIT_SYSTEM, "read ", d.file, d.rules.fault.entry.length ? ": " : "", d.rules.fault.entry.s, ": ", d.rules.fault.why);
  require_good_keys(&d);
  tree_begin(&d.tree, argv[0]);
  make_rules(&d);
  tree_finish(&d.tree);
  return 0;
}
