/* Compiles a rules directory into a database: checked first, then in place in one step. */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <skalibs/cdbmake.h>
#include <skalibs/djbunix.h>

#include "die.h"
#include "fds.h"
#include "names.h"
#include "rules.h"
#include "rules_opts.h"
#include "unfinished.h"

enum { STACK_RESERVE = 1 << 20 };

struct compiler
{
  char const *dir;
  int fd;
  struct unfinished file;
  rlim_t rules;
  cdbmaker maker;
  struct rule_space space;
  struct rules_fault fault;
};

static int is_directory(char const *path)
{
  struct stat st;
  return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static void begin(struct compiler *c, char const *file)
{
  if (is_directory(file) && !is_directory(c->dir)) die_usage("'", file, "' is a directory: cdbfile comes before dir");
  c->fd = open(c->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (c->fd == -1) die_system("open ", c->dir);
  unfinished_file(&c->file, file);
  if (!cdbmake_start(&c->maker, c->file.fd)) unfinished_die(&c->file, "write to ", file);
}

/* cdbmake_finish sorts on the stack: 8 bytes for each rule, and for the slots of the largest table. */
static void require_stack(struct compiler *c)
{
  struct rlimit limit;
  rlim_t wanted = STACK_RESERVE + c->rules * 24;
  if (getrlimit(RLIMIT_STACK, &limit) == -1) unfinished_die(&c->file, "get ", "the stack limit");
  if (limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= wanted) return;
  limit.rlim_cur = wanted;
  if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max < wanted) errno = EPERM;
  else if (setrlimit(RLIMIT_STACK, &limit) == 0) return;
  unfinished_die(&c->file, "raise ", "the stack limit for so many rules");
}

static void finish(struct compiler *c, mode_t mode)
{
  require_stack(c);
  if (!cdbmake_finish(&c->maker)) unfinished_die(&c->file, "write to ", c->file.name);
  unfinished_finish(&c->file, mode);
}

static int by_text(void const *a, void const *b)
{
  return strcmp(*(char const *const *)a, *(char const *const *)b);
}

/* Files are found in no particular order; the same rules shall make the same database. */
static void sort_environment(struct rule_space *space)
{
  char copy[RULE_RECORD_ENV_MAX];
  char const *words[RULE_RECORD_ENV_MAX / 2];
  size_t i = 0, n = 0;
  memcpy(copy, space->env, space->env_length);
  for (; i < space->env_length; i += strlen(copy + i) + 1) words[n++] = copy + i;
  if (n) qsort(words, n, sizeof *words, &by_text);
  space->env_length = 0;
  for (i = 0; i < n; i++)
  {
    size_t length = strlen(words[i]) + 1;
    memcpy(space->env + space->env_length, words[i], length);
    space->env_length += length;
  }
}

static void warn_of_flaw(struct compiler *c, char const *key)
{
  char why[256], name[RULE_KEY_MAX + 1];
  struct text flaw = TEXT_IN(why), scrubbed = TEXT_IN(name);
  if (!rule_key_flaw(&flaw, key, strlen(key))) return;
  text_scrubbed(&scrubbed, key, strlen(key));
  strerr_warnw(c->dir, "/", text_end(&scrubbed), " never matches: ", text_end(&flaw));
}

/* The content of the rule is wrong, or the system would not let us read it. */
static void die_of_rule(struct compiler *c)
{
  int code = errno == EFBIG || errno == EINVAL ? EXIT_USAGE : EXIT_SYSTEM;
  unfinished_abandon(&c->file);
  strerr_diefu(code, "compile ", c->dir, "/", c->fault.entry.s, ": ", c->fault.why);
}

/* The format has room for more, but readers of it have not. */
static void require_small_environment(struct compiler *c, char const *key)
{
  if (c->space.env_length <= RULE_RECORD_ENV_MAX) return;
  unfinished_abandon(&c->file);
  strerr_diefu(EXIT_USAGE, "compile ", c->dir, "/", key, "/env: all variables together take more than the 4096 bytes that a database has for a rule");
}

static void compile_rule(struct compiler *c, char const *key)
{
  char record[RULE_RECORD_MAX];
  enum ruling ruling = rule_read(c->fd, key, &c->space, &c->fault);
  size_t length;
  if (ruling == RULE_ERROR) die_of_rule(c);
  if (ruling == RULE_NONE) return;
  warn_of_flaw(c, key);
  require_small_environment(c, key);
  sort_environment(&c->space);
  length = rule_record(record, ruling, &c->space);
  if (!cdbmake_add(&c->maker, key, (unsigned int)strlen(key), record, (unsigned int)length))
    unfinished_die(&c->file, "write to ", c->file.name);
  c->rules++;
}

static void die_of_directory(struct compiler *c, char const *type)
{
  unfinished_abandon(&c->file);
  die_system("read ", c->dir, "/", type);
}

static void compile_type(struct compiler *c, char const *type)
{
  struct names names;
  char key[RULE_KEY_MAX + 1];
  size_t length = strlen(type), i = 0;
  int fd = openat(c->fd, type, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd == -1 || names_read(&names, fd) == -1) die_of_directory(c, type);
  if (length > RULE_KEY_MAX / 2 - 1) die_bug("a file name is too long");
  memcpy(key, type, length);
  key[length++] = '/';
  for (; i < names.count; i++)
  {
    unfinished_obey(&c->file);
    if (strlen(names.list[i]) >= sizeof key - length) die_bug("a file name is too long");
    strcpy(key + length, names.list[i]);
    compile_rule(c, key);
  }
  names_free(&names);
}

static void compile(struct compiler *c)
{
  struct names types;
  size_t i = 0;
  int fd = fcntl(c->fd, F_DUPFD_CLOEXEC, 0);
  if (fd == -1 || names_read(&types, fd) == -1) unfinished_die(&c->file, "read ", c->dir);
  for (; i < types.count; i++) compile_type(c, types.list[i]);
  names_free(&types);
}

int main(int argc, char const *const *argv)
{
  struct opts given;
  static struct compiler c = { .rules = 0, .maker = CDBMAKER_ZERO };
  mode_t mode;
  (void)argc;

  argv = opts_parse(&given, &rules_opts, RULES_COMPILER, argv);
  require_no_more(argv + 2);
  if (fds_ensure_standard() == -1) die_system("open the standard descriptors");
  c.dir = argv[1];
  mode = opts_octal(&given, "mode", unfinished_mode(0644));

  begin(&c, argv[0]);
  compile(&c);
  finish(&c, mode);
  return 0;
}
