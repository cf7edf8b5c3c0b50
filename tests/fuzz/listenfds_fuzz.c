/* Any three lines as LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES: what is believed is there, and what is announced
   can be read again. */

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fuzz.h"
#include "listenfds.h"

static char *line(char **rest, char const *name)
{
  char *word = *rest, *end = strchr(word, '\n');
  if (end) *end = 0;
  *rest = end ? end + 1 : word + strlen(word);
  if (strcmp(word, "-")) setenv(name, strcmp(word, "self") ? word : "", 1);
  else unsetenv(name);
  return word;
}

static void set_self(void)
{
  char pid[24];
  snprintf(pid, sizeof pid, "%ld", (long)getpid());
  setenv("LISTEN_PID", pid, 1);
}

extern int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size);
int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size)
{
  char *word = fuzz_word(data, size), *rest = word;
  int n;
  int self = !strcmp(line(&rest, "LISTEN_PID"), "self");
  if (self) set_self();
  line(&rest, "LISTEN_FDS");
  line(&rest, "LISTEN_FDNAMES");
  errno = 0;
  n = listenfds_count();
  HOLDS(n <= LISTENFDS_MAX && (n >= 0 || errno == EINVAL || errno == EBADF || errno == ENOTSOCK));
  is_listenfd_name(rest);
  if (*rest && is_listenfd_name(rest))
  {
    char const *names;
    listenfds_announce(1, rest);
    names = getenv("LISTEN_FDNAMES");
    HOLDS(names && !strcmp(names, rest));
    HOLDS(getenv("LISTEN_FDS") && !strcmp(getenv("LISTEN_FDS"), "1"));
    listenfds_announce(3, 0);
    names = getenv("LISTEN_FDNAMES");
    HOLDS(names && strstr(names, ":unknown"));
    listenfds_retract();
    HOLDS(!getenv("LISTEN_FDS") && !getenv("LISTEN_PID") && !getenv("LISTEN_FDNAMES"));
  }
  free(word);
  return 0;
}
