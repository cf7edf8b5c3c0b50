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
#include "process_id.h"

char const *const listenfds_variables[LISTENFDS_VARIABLES] = { "LISTEN_PID", "LISTEN_PIDFDID", "LISTEN_FDS", "LISTEN_FDNAMES" };

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

/* An id that no other process ever has, where LISTEN_PIDFDID has one and the system can provide ours. */
static int is_id_of_another(char const *word)
{
  uint64_t announced, ours;
  if (!word || process_id_read(&ours) == -1) return 0;
  return number_parse(word, 10, UINT64_MAX, &announced) == -1 || announced != ours;
}

enum listenfds_owner listenfds_owner(void)
{
  char const *pid = getenv("LISTEN_PID");
  uint64_t owner;
  if (!pid) return LISTENFDS_UNSET;
  if (number_parse(pid, 10, INT32_MAX, &owner) == -1 || (pid_t)owner != getpid()) return LISTENFDS_FOREIGN;
  return is_id_of_another(getenv("LISTEN_PIDFDID")) ? LISTENFDS_FOREIGN : LISTENFDS_OURS;
}

int listenfds_count(void)
{
  char const *fds = getenv("LISTEN_FDS");
  uint64_t n;
  if (!fds || listenfds_owner() != LISTENFDS_OURS) return 0;
  if (number_parse(fds, 10, LISTENFDS_MAX, &n) == -1) return (errno = EINVAL, -1);
  return check_sockets((int)n);
}

char const *listenfds_problem(int e)
{
  switch (e)
  {
    case EINVAL : return "LISTEN_FDS is not a number from 0 to 1024";
    case ENOTSOCK : return "a descriptor announced by LISTEN_FDS is not a socket";
    case EBADF : return "a descriptor announced by LISTEN_FDS is not open";
    default : return 0;
  }
}

unsigned int require_listenfds(void)
{
  int n = listenfds_count();
  char const *problem;
  if (n > 0) return (unsigned int)n;
  if (!n) die_usage("no listening socket was announced to this process by LISTEN_PID and LISTEN_FDS");
  problem = listenfds_problem(errno);
  if (problem) die_usage(problem);
  die_system("look at the sockets announced by LISTEN_FDS");
}
