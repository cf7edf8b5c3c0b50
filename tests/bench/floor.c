/* What the floors share: listen, die, become the handler. */

#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "address.h"
#include "floor.h"

#define BACKLOG 1024

void floor_die(char const *prog, char const *what)
{
  fprintf(stderr, "%s: fatal: unable to %s: %s\n", prog, what, strerror(errno));
  exit(111);
}

void floor_wait_for_process(char const *prog, char const *what)
{
  struct timespec const tick = { .tv_sec = 0, .tv_nsec = 1000000 };
  if (errno != EAGAIN && errno != ENOMEM) floor_die(prog, what);
  nanosleep(&tick, 0);
}

int floor_listen(char const *prog, char const *text, int share)
{
  struct address where;
  int fd;
  if (address_parse(&where, text) < 0) floor_die(prog, "understand the address");
  fd = address_listen(&where, BACKLOG, share);
  if (fd < 0) floor_die(prog, "listen");
  return fd;
}

void floor_exec(int connection, char *const *prog, char *const *envp)
{
  dup2(connection, 0);
  dup2(connection, 1);
  execve(prog[0], prog, envp);
  _exit(127);
}
