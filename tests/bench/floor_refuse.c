/* The floor of refusing: accept and close, and nothing else. */

#define _GNU_SOURCE
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "floor.h"

#define PROG "floor_refuse"

int main(int argc, char *const *argv)
{
  int listener;
  if (argc < 2)
  {
    fputs(PROG ": usage: " PROG " ADDRESS\n", stderr);
    return 100;
  }
  listener = floor_listen(PROG, argv[1], 0);
  for (;;) close(accept4(listener, 0, 0, SOCK_CLOEXEC));
}
