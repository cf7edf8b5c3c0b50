/* listenfds.h: what LISTEN_FDS claims must be there. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "listenfds.h"
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
  for (; i < 20; i++) if (i != s && i != null) close(i);
  dup2(s, 10);
  dup2(null, 11);
  for (i = 3; i < 10; i++) close(i);
  dup2(10, 3);
  dup2(10, 4);
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
  ok(&t, count("x", "2") == -1 && errno == EINVAL);
  return tap_done(&t);
}
