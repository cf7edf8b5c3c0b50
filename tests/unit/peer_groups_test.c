/* peer_groups_take: as many as there are, in a list that grows. */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "peer.h"
#include "tap.h"

enum { MOST = 70000 };

static gid_t ours[MOST];

static int has(gid_t const *list, ssize_t n, gid_t gid)
{
  while (n-- > 0) if (list[n] == gid) return 1;
  return 0;
}

static void check_pair(struct tap *t, char const *words, struct peer_groups *theirs)
{
  int fd[2];
  ssize_t wanted = getgroups(MOST, ours);
  size_t i;
  int all = 1;
  ok(t, socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == 0);
  ok(t, peer_groups_take(fd[0], theirs) == 0);
  if (!theirs->count && wanted)
  {
    printf("ok %u # skip this system tells no groups\n", ++t->tests);
    return;
  }
  ok(t, theirs->count == (size_t)wanted && theirs->room >= theirs->count);
  for (i = 0; i < theirs->count; i++) if (!has(ours, wanted, theirs->list[i])) all = 0;
  ok(t, all);
  printf("# %s: %ld groups\n", words, (long)wanted);
  close(fd[0]);
  close(fd[1]);
}

int main(void)
{
  struct tap t = { 0, 0 };
  gid_t many[300];
  struct peer_groups theirs = { 0, 0, 0 };
  size_t i;
  check_pair(&t, "as started", &theirs);
  for (i = 0; i < 300; i++) many[i] = (gid_t)(70000 + i);
  if (setgroups(300, many) == 0) check_pair(&t, "300 groups", &theirs);
  if (setgroups(0, many) == 0) check_pair(&t, "none", &theirs);
  ok(&t, peer_groups_take(-1, &theirs) == -1 || !theirs.count);
  ok(&t, peer_groups_take(open("/dev/null", O_RDONLY), &theirs) == 0 && !theirs.count);
  free(theirs.list);
  return tap_done(&t);
}
