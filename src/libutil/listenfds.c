/* Listeners from descriptor 3 up: see listenfds.h. What the environment claims is checked against the
   descriptors that are really there. */

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "die.h"
#include "listenfds.h"
#include "number.h"

static int check_sockets(int n)
{
  int i = 0;
  for (; i < n; i++)
  {
    struct stat st;
    if (fstat(LISTENFDS_START + i, &st) == -1) return -1;
    if (!S_ISSOCK(st.st_mode)) return (errno = ENOTSOCK, -1);
  }
  return n;
}

int listenfds_count(void)
{
  char const *pid = getenv("LISTEN_PID");
  char const *fds = getenv("LISTEN_FDS");
  uint64_t owner, n;
  if (!pid || !fds) return 0;
  if (number_parse(pid, 10, INT32_MAX, &owner) == -1) return (errno = EINVAL, -1);
  if ((pid_t)owner != getpid()) return 0;
  if (number_parse(fds, 10, LISTENFDS_MAX, &n) == -1) return (errno = EINVAL, -1);
  return check_sockets((int)n);
}

unsigned int require_listenfds(void)
{
  int n = listenfds_count();
  if (n > 0) return (unsigned int)n;
  if (!n) die_usage("no listening socket was announced to this process by LISTEN_PID and LISTEN_FDS");
  if (errno == EINVAL) die_usage("LISTEN_PID or LISTEN_FDS is not a number in range");
  if (errno == ENOTSOCK) die_usage("a descriptor announced by LISTEN_FDS is not a socket");
  if (errno == EBADF) die_usage("a descriptor announced by LISTEN_FDS is not open");
  die_system("look at the sockets announced by LISTEN_FDS");
}
