/* listenfds.h: what LISTEN_FDS claims must be there. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "listenfds.h"
#include "process_id.h"
#include "tap.h"

static int count(char const *pid, char const *fds)
{
  char own[32];
  snprintf(own, sizeof own, "%ld", (long)getpid());
  if (pid) setenv("LISTEN_PID", strcmp(pid, "own") ? pid : own, 1);
  else unsetenv("LISTEN_PID");
  if (fds) setenv("LISTEN_FDS", fds, 1);
  else unsetenv("LISTEN_FDS");
  return listenfds_count();
}

int main(void)
{
  struct tap t = { 0, 0 };
  int s = socket(AF_INET, SOCK_STREAM, 0), null = open("/dev/null", O_RDWR);
  int i = 3;
  uint64_t id;
  for (; i < 20; i++) if (i != s && i != null) close(i);
  dup2(s, 10);
  dup2(null, 11);
  for (i = 3; i < 10; i++) close(i);
  dup2(10, 3);
  dup2(10, 4);
  unsetenv("LISTEN_PIDFDID");
  ok(&t, count(0, 0) == 0);
  ok(&t, count("own", 0) == 0);
  ok(&t, count(0, "2") == 0);
  ok(&t, count("1", "2") == 0);
  ok(&t, count("own", "0") == 0);
  ok(&t, count("own", "2") == 2);
  ok(&t, count("own", "3") == -1 && errno == EBADF);
  dup2(11, 5);
  ok(&t, count("own", "3") == -1 && errno == ENOTSOCK);
  ok(&t, count("own", "4294967295") == -1 && errno == EINVAL);
  ok(&t, count("own", "-1") == -1 && errno == EINVAL);
  ok(&t, count("own", "two") == -1 && errno == EINVAL);
  ok(&t, count("own", "") == -1 && errno == EINVAL);
  ok(&t, count("x", "2") == 0 && listenfds_owner() == LISTENFDS_FOREIGN);
  ok(&t, count("", "") == 0 && count("1x", "2") == 0 && count("-1", "2") == 0);
  ok(&t, count(0, "2") == 0 && listenfds_owner() == LISTENFDS_UNSET);
  ok(&t, count("own", "2") == 2 && listenfds_owner() == LISTENFDS_OURS);
  if (process_id_read(&id) == 0)
  {
    char word[24];
    snprintf(word, sizeof word, "%llu", (unsigned long long)id);
    setenv("LISTEN_PIDFDID", word, 1);
    ok(&t, count("own", "2") == 2);
    snprintf(word, sizeof word, "%llu", (unsigned long long)id + 1);
    setenv("LISTEN_PIDFDID", word, 1);
    ok(&t, count("own", "2") == 0 && listenfds_owner() == LISTENFDS_FOREIGN);
    setenv("LISTEN_PIDFDID", "x", 1);
    ok(&t, count("own", "2") == 0);
  }
  else printf("# this system gives processes no such id\n");
  return tap_done(&t);
}
