/* Reading one rule of a rules directory: everything through one descriptor of its directory, so that a
   rule that is replaced meanwhile is read whole, the old one or the new one. */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <skalibs/allreadwrite.h>
#include <skalibs/djbunix.h>

#include "rules_internal.h"

enum { VALUE_MAX = 4095 };  /* bytes of a file in env/ that are looked at */

/* The rule at hand: its directory, and how it is called in messages. */
struct entry
{
  int fd;
  char const *key;
  struct rules_fault *fault;
};

static int fail(struct entry const *e, char const *file, char const *variable, char const *why)
{
  char space[RULE_KEY_MAX + 300];
  struct text t = TEXT_IN(space);
  text_string(&t, e->key);
  if (file) text_string(&t, "/");
  if (file) text_string(&t, file);
  if (variable) text_string(&t, "/");
  if (variable) text_string(&t, variable);
  return fault_note(e->fault, t.s, t.length, why);
}

/* ENOENT may stand for a symbolic link that leads nowhere. */
static int is_dangling(struct entry const *e, char const *file)
{
  struct stat st;
  int dangling = fstatat(e->fd, file, &st, AT_SYMLINK_NOFOLLOW) == 0;
  errno = ENOENT;
  return dangling;
}

/* 1 if the file is there and readable, 0 if it is not there, -1 if this cannot be known. */
static int has(struct entry const *e, char const *file)
{
  if (faccessat(e->fd, file, R_OK, 0) == 0) return 1;
  if (errno == ENOENT && !is_dangling(e, file)) return 0;
  return fail(e, file, 0, 0);
}

/* A descriptor, -1, or -2 if there is no such file. O_NONBLOCK: a fifo must not stop a daemon. */
static int open_optional(struct entry const *e, char const *file, int flags)
{
  int fd = openat(e->fd, file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | flags);
  if (fd >= 0) return fd;
  if (errno == ENOENT && !is_dangling(e, file)) return -2;
  return fail(e, file, 0, 0);
}

/* Reads at most max bytes; the rest of the file is not looked at. */
static ssize_t read_start(int fd, char *s, size_t max)
{
  size_t n;
  errno = 0;
  n = allread(fd, s, max);
  return n < max && errno && errno != EPIPE ? -1 : (ssize_t)n;
}

/* A fifo with a possible writer has nothing yet, which is no shortage to be waited out. */
static int fail_to_read(struct entry const *e, char const *file, char const *variable)
{
  if (errno != EAGAIN && errno != EWOULDBLOCK) return fail(e, file, variable, 0);
  errno = EINVAL;
  return fail(e, file, variable, "it is not a file");
}

static int add(struct rule_space *space, char const *s, size_t length)
{
  if (length > RULE_ENV_MAX - space->env_length) return 0;
  memcpy(space->env + space->env_length, s, length);
  space->env_length += length;
  return 1;
}

/* The value of a variable is the first line of its file without blanks at the end. */
static size_t value_length(char *s, size_t n)
{
  char *end = memchr(s, '\n', n);
  char *nul;
  if (end) n = (size_t)(end - s);
  while (n && (s[n - 1] == ' ' || s[n - 1] == '\t' || s[n - 1] == '\r')) n--;
  while ((nul = memchr(s, 0, n))) *nul = '\n';
  return n;
}

static int read_variable(struct entry const *e, struct rule_space *space, int dir, char const *name)
{
  char s[VALUE_MAX];
  ssize_t n;
  int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  int good;
  if (fd == -1) return fail(e, "env", name, 0);
  n = read_start(fd, s, sizeof s);
  fd_close(fd);
  if (n == -1) return fail_to_read(e, "env", name);
  good = add(space, name, strlen(name));
  if (n) good = good && add(space, "=", 1) && add(space, s, value_length(s, (size_t)n));
  if (good && add(space, "", 1)) return 0;
  errno = EFBIG;
  return fail(e, "env", 0, "all variables together take more than 65536 bytes");
}

static int read_variables(struct entry const *e, struct rule_space *space, DIR *dir)
{
  for (;;)
  {
    struct dirent const *d;
    errno = 0;
    d = readdir(dir);
    if (!d) return errno ? fail(e, "env", 0, 0) : 0;
    if (d->d_name[0] == '.' || strchr(d->d_name, '=')) continue;
    if (read_variable(e, space, dirfd(dir), d->d_name) == -1) return -1;
  }
}

static void close_dir(DIR *dir)
{
  int saved = errno;
  closedir(dir);
  errno = saved;
}

static int read_env(struct entry const *e, struct rule_space *space)
{
  int fd = open_optional(e, "env", O_DIRECTORY);
  DIR *dir;
  int r;
  if (fd < 0) return fd == -2 ? 0 : -1;
  dir = fdopendir(fd);
  if (!dir)
  {
    fail(e, "env", 0, 0);
    return fd_close(fd), -1;
  }
  r = read_variables(e, space, dir);
  close_dir(dir);
  return r;
}

static int read_exec(struct entry const *e, struct rule_space *space)
{
  int fd = open_optional(e, "exec", 0);
  ssize_t n;
  if (fd < 0) return fd == -2 ? 0 : -1;
  n = read_start(fd, space->exec, sizeof space->exec);
  fd_close(fd);
  if (n == -1) return fail_to_read(e, "exec", 0);
  if (n > RULE_EXEC_MAX) return (errno = EFBIG, fail(e, "exec", 0, "the script is larger than 4096 bytes"));
  if (memchr(space->exec, 0, (size_t)n)) return (errno = EINVAL, fail(e, "exec", 0, "the script holds a NUL byte"));
  space->exec[n] = 0;
  space->exec_length = (size_t)n;
  return 0;
}

static enum ruling read_entry(struct entry const *e, struct rule_space *space)
{
  int r = has(e, "allow");
  if (r == 1)
    return read_env(e, space) == -1 || read_exec(e, space) == -1 ? RULE_ERROR : RULE_ALLOW;
  if (r == 0) r = has(e, "deny");
  return r == -1 ? RULE_ERROR : r ? RULE_REFUSE : RULE_NONE;
}

enum ruling rule_read(int fd, char const *key, struct rule_space *space, struct rules_fault *fault)
{
  struct entry e = { .key = key, .fault = fault };
  enum ruling ruling;
  space->env_length = space->exec_length = 0;
  e.fd = search_open_or_missing(fd, key);
  if (e.fd == -2) return RULE_NONE;
  if (e.fd == -1) return fail(&e, 0, 0, 0), RULE_ERROR;
  ruling = read_entry(&e, space);
  fd_close(e.fd);
  return ruling;
}
