/* The second floor: as floor_vfork, but clone(CLONE_VM) without CLONE_VFORK, so that accepting goes on while the child execs.
   Each child runs on a stack of its own, which is free again when the kernel clears its word: at its execve or its death. */

#define _GNU_SOURCE
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "floor.h"

#define SLOTS 64
#define STACK 16384

extern char **environ;

struct slot
{
  int volatile busy;  /* the kernel sets it to 0 */
  int connection;
  char *const *prog;
  char *stack;
};

static int child(void *data)
{
  struct slot const *slot = data;
  floor_exec(slot->connection, slot->prog, environ);
  return 127;
}

static void make_slots(struct slot *slots, char *const *prog)
{
  char *memory = mmap(0, SLOTS * STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  unsigned int i;
  if (memory == MAP_FAILED) floor_die("floor_clone", "allocate stacks");
  for (i = 0; i < SLOTS; i++)
  {
    slots[i].prog = prog;
    slots[i].stack = memory + (i + 1) * STACK;
  }
}

static void launch(struct slot *slot, int connection)
{
  int const flags = CLONE_VM | CLONE_CHILD_CLEARTID | SIGCHLD;
  while (slot->busy) syscall(SYS_futex, &slot->busy, FUTEX_WAIT, slot->busy, 0, 0, 0);
  slot->busy = 1;
  slot->connection = connection;
  while (clone(&child, slot->stack, flags, slot, 0, 0, &slot->busy) < 0) floor_wait_for_process("floor_clone", "clone");
}

int main(int argc, char *const *argv)
{
  static struct slot slots[SLOTS];
  unsigned int next = 0;
  int listener;
  if (argc < 3) return fputs("floor_clone: usage: floor_clone ADDRESS /PATH/OF/PROG...\n", stderr), 100;
  make_slots(slots, argv + 2);
  listener = floor_listen("floor_clone", argv[1], 0);
  for (;;)
  {
    int connection = accept4(listener, 0, 0, SOCK_CLOEXEC);
    if (connection < 0) continue;
    launch(&slots[next++ % SLOTS], connection);
    /* Closing at once would be wrong if the child shared our descriptors. It has a copy: no CLONE_FILES. */
    close(connection);
    while (waitpid(-1, 0, WNOHANG) > 0) continue;
  }
}
