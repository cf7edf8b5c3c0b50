/* Why a program cannot be executed, with what is usually meant: see program.h. */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "die.h"
#include "program.h"
#include "text.h"

enum { INTERPRETER_MAX = 256 };

char const *program_flaw(struct text *t, char const *file)
{
  char interpreter[INTERPRETER_MAX];
  struct stat st;
  enum program_kind kind = program_interpreter(file, interpreter, sizeof interpreter);
  int missing;
  if (kind == PROGRAM_STRANGE) return "it has no #! line";
  if (kind == PROGRAM_UNKNOWN) return 0;
  missing = stat(interpreter, &st) == -1 && errno == ENOENT;
  if (!missing && (faccessat(AT_FDCWD, interpreter, X_OK, AT_EACCESS) == 0 || errno != EACCES)) return 0;
  text_string(t, "its interpreter ");
  text_string(t, interpreter[0] ? interpreter : "has no name and");
  text_string(t, missing ? " does not exist" : " cannot be executed");
  return text_end(t);
}

static int is_here(char const *name)
{
  struct stat st;
  return stat(name, &st) == 0 && S_ISREG(st.st_mode);
}

static char const *hint(struct text *t, char const *name, int e)
{
  struct stat st;
  if (name[0] == '-') return "options come before the operands";
  if (e == ENOENT && !strchr(name, '/') && is_here(name)) return "it is not in PATH, but in the current directory: ./ before its name?";
  if (e == ENOENT || e == ENOEXEC) return strchr(name, '/') && is_here(name) ? program_flaw(t, name) : 0;
  if (stat(name, &st) == -1 || !strchr(name, '/')) return 0;
  if (S_ISDIR(st.st_mode)) return "it is a directory";
  return e == EACCES && S_ISREG(st.st_mode) && !(st.st_mode & 0111) ? "no one may execute it: chmod +x?" : 0;
}

void program_die(char const *name, int e)
{
  char space[INTERPRETER_MAX + 64];
  struct text t = TEXT_IN(space);
  char const *words = hint(&t, name, e);
  strerr_dief(e == ENOENT ? EXIT_NOTFOUND : EXIT_NOEXEC, "unable to exec ", name, ": ", strerror(e), words ? " (" : "", words ? words : "", words ? ")" : "");
}

void program_require(char const *name, char const *file)
{
  char space[INTERPRETER_MAX + 64];
  struct text t = TEXT_IN(space);
  char const *flaw = program_flaw(&t, file);
  if (!flaw) return;
  if (flaw == t.s) strerr_dief(errno == ENOENT ? EXIT_NOTFOUND : EXIT_NOEXEC, "unable to exec ", name, ": ", flaw);
  strerr_warnw(name, " may be no program: ", flaw);
}
