/* Why a program cannot be executed, with what is usually meant: see program.h. */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <skalibs/djbunix.h>

#include "die.h"
#include "program.h"
#include "text.h"

enum { LINE_MAX_LENGTH = 255 };

/* The interpreter that the first line of the file names (execve(2)), or 0 with *known: whether the file was seen to be
   something that a system executes. */
static char const *interpreter_of(char *line, char const *file, int *known)
{
  ssize_t n = openreadnclose_nb(file, line, LINE_MAX_LENGTH);
  size_t start;
  *known = n < 4 || !memcmp(line, "\177ELF", 4);
  if (n < 2 || memcmp(line, "#!", 2)) return 0;
  *known = 1;
  line[n] = 0;
  line[strcspn(line, "\n")] = 0;
  start = 2 + strspn(line + 2, " \t");
  line[start + strcspn(line + start, " \t")] = 0;
  return line + start;
}

char const *program_flaw(struct text *t, char const *file)
{
  char line[LINE_MAX_LENGTH + 1];
  struct stat st;
  int known;
  char const *interpreter = interpreter_of(line, file, &known);
  int missing = interpreter && stat(interpreter, &st) == -1 && errno == ENOENT;
  if (missing || (interpreter && faccessat(AT_FDCWD, interpreter, X_OK, AT_EACCESS) == -1 && errno == EACCES))
  {
    text_string(t, "its interpreter ");
    text_string(t, interpreter[0] ? interpreter : "has no name and");
    text_string(t, missing ? " does not exist" : " cannot be executed");
    return text_end(t);
  }
  return known ? 0 : "it has no #! line";
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
  char space[LINE_MAX_LENGTH + 64];
  struct text t = TEXT_IN(space);
  char const *words = hint(&t, name, e);
  strerr_dief(e == ENOENT ? EXIT_NOTFOUND : EXIT_NOEXEC, "unable to exec ", name, ": ", strerror(e), words ? " (" : "", words ? words : "", words ? ")" : "");
}

void program_require(char const *name, char const *file)
{
  char space[LINE_MAX_LENGTH + 64];
  struct text t = TEXT_IN(space);
  char const *flaw = program_flaw(&t, file);
  if (!flaw) return;
  if (flaw == t.s) strerr_dief(errno == ENOENT ? EXIT_NOTFOUND : EXIT_NOEXEC, "unable to exec ", name, ": ", flaw);
  strerr_warnw(name, " may be no program: ", flaw);
}
