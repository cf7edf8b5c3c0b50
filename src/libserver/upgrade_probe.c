/* Finding the new program of an upgrade, and trying it: see upgrade.h. */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/posixplz.h>

#include "config.h"
#include "die.h"
#include "program.h"
#include "text.h"
#include "upgrade.h"

enum { NAME_SIZE = 512 };

char *upgrade_find_file(struct opts const *o)
{
  char space[NAME_SIZE];
  struct text t = TEXT_IN(space);
  if (strchr(o->argv[0], '/')) return program_find(o->argv[0]);
  text_string(&t, SALLYPORT_BINPREFIX);
  text_string(&t, o->program->name);
  return program_find(text_end(&t));
}

int upgrade_can_execute(char const *prog)
{
  char *file = program_find(prog);
  if (!file) return 0;
  free(file);
  return 1;
}

void upgrade_ask_version(char const *file)
{
  char const *const argv[] = { file, "--version", 0 };
  sigset_t none;
  int null = open("/dev/null", O_RDWR);
  if (null != -1)
  {
    fd_copy(0, null);
    fd_copy(1, null);
  }
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, 0);
  execve(file, (char *const *)argv, environ);
  _exit(errno == ENOENT ? EXIT_NOTFOUND : EXIT_NOEXEC);
}
