/* The socket on which a daemon shows its counters: see status_socket.h. */

#include <stdlib.h>
#include <sys/socket.h>

#include <skalibs/types.h>

#include "bind_local.h"
#include "die.h"
#include "status_socket.h"

enum { BACKLOG = 16 };

int status_socket_open(struct opts const *o)
{
  struct local_settings settings = LOCAL_SETTINGS;
  char const *path = opts_value(o, "status-socket", 0), *what;
  int fd;
  if (!path) return -1;
  settings.backlog = BACKLOG;
  settings.nonblocking = 1;
  settings.has_mode = 1;
  settings.mode = 0600;
  fd = bind_local(&settings, path, &what);
  if (fd == -1) die_system(what, path);
  return fd;
}

void chain_status_socket(struct chain *c, struct opts const *o)
{
  int fd = status_socket_open(o);
  char *word;
  if (fd == -1) return;
  word = malloc(INT_FMT);
  if (!word) die_system("allocate memory");
  word[int_fmt(word, fd)] = 0;
  chain_word(c, "--status-fd");
  chain_word(c, word);
}
