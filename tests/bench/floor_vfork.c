/* The floor that every figure is divided by: accept, vfork, execve, wait for the children that have ended. No limits, no environment, no log. */

#define _GNU_SOURCE
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "floor.h"

extern char **environ;

int main(int argc, char *const *argv)
{
  int listener;
  if (argc < 3) return fputs("floor_vfork: usage: floor_vfork ADDRESS /PATH/OF/PROG...\n", stderr), 100;
  listener = floor_listen("floor_vfork", argv[1], 0);
  for (;;)
  {
    int connection = accept4(listener, 0, 0, SOCK_CLOEXEC);
    pid_t pid;
    if (connection < 0) continue;
    while ((pid = vfork()) < 0) floor_wait_for_process("floor_vfork", "vfork");
    if (!pid) floor_exec(connection, argv + 2, environ);
    close(connection);
    while (waitpid(-1, 0, WNOHANG) > 0) continue;
  }
}
