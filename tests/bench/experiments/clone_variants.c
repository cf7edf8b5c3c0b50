/* The clone floor with switches, to see what pays. Written to be measured, not to be used. */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../floor.h"
#include "reaper.h"

#define PROG "clone_variants"
#define SLOTS 64

extern char **environ;

struct variant
{
  unsigned int burst;
  unsigned int slots;
  size_t stack;
  int acceptors;        /* processes */
  int threads;          /* that accept, in each of them */
  int map_flags;
  int clone_flags;
  int close_range;
  int precreated;
  int listener;
  char *const *prog;
  struct reaper reaper;
  int taken;            /* pre-created children that have got their client */
};

struct slot
{
  int volatile busy;
  int connection;
  char *stack;
  struct variant *variant;
};

static int usage(void)
{
  fputs(PROG ": usage: " PROG " [-b BURST] [-r ignore|any|hint|young|pidfd] [-s STACK_KB] [-n SLOTS] [-a ACCEPTORS] [-t THREADS] [-p PRECREATED] [-P] [-c] [-v] ADDRESS PROG...\n"
    "  -P  stacks are populated at once   -c  close_range in the child   -v  CLONE_VFORK\n", stderr);
  return 100;
}

static int futex(int volatile *word, int operation, int value)
{
  return (int)syscall(SYS_futex, word, operation, value, 0, 0, 0);
}

static int child(void *data)
{
  struct slot *slot = data;
  struct variant *v = slot->variant;
  if (v->precreated)
  {
    slot->connection = accept4(v->listener, 0, 0, SOCK_CLOEXEC);
    __atomic_add_fetch(&v->taken, 1, __ATOMIC_SEQ_CST);
    futex(&v->taken, FUTEX_WAKE, 1);
  }
  if (v->close_range)
  {
    dup2(slot->connection, 0);
    dup2(slot->connection, 1);
    syscall(SYS_close_range, 3, ~0U, 0);
    execve(v->prog[0], v->prog, environ);
  }
  floor_exec(slot->connection, v->prog, environ);
  return 127;
}

static struct slot *make_slots(struct variant *v)
{
  struct slot *slots = calloc(v->slots, sizeof *slots);
  char *memory = mmap(0, v->slots * v->stack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | v->map_flags, -1, 0);
  unsigned int i;
  if (!slots || memory == MAP_FAILED) floor_die(PROG, "allocate stacks");
  for (i = 0; i < v->slots; i++)
  {
    slots[i].variant = v;
    slots[i].stack = memory + (i + 1) * v->stack;
  }
  return slots;
}

static void launch(struct variant *v, struct slot *slot, int connection)
{
  int pidfd = -1;
  pid_t pid;
  while (slot->busy) futex(&slot->busy, FUTEX_WAIT, slot->busy);
  slot->busy = 1;
  slot->connection = connection;
  while ((pid = clone(&child, slot->stack, v->clone_flags, slot, &pidfd, 0, &slot->busy)) < 0) floor_wait_for_process(PROG, "clone");
  reaper_add(&v->reaper, pid, pidfd);
}

static void serve(struct variant *v)
{
  struct slot *slots = make_slots(v);
  unsigned int next = 0;
  for (;;)
  {
    struct pollfd x[2] = { { .fd = v->listener, .events = POLLIN }, { .fd = v->reaper.fd, .events = POLLIN } };
    unsigned int i;
    /* One at a time without a descriptor of the reaper is the plain floor: it sleeps in accept. */
    if (v->burst > 1 || v->reaper.fd >= 0) poll(x, 2, -1);
    for (i = 0; i < v->burst; i++)
    {
      int connection = accept4(v->listener, 0, 0, SOCK_CLOEXEC);
      if (connection < 0) break;
      launch(v, &slots[next++ % v->slots], connection);
      close(connection);
    }
    if (v->reaper.fd < 0 || x[1].revents) reaper_work(&v->reaper);
  }
}

/* As many children as asked sleep in accept; each one that has got a client is replaced. */
static void serve_precreated(struct variant *v)
{
  struct slot *slots = make_slots(v);
  unsigned int next = 0;
  int seen = 0;
  while (next < (unsigned int)v->precreated) launch(v, &slots[next++], -1);
  for (;;)
  {
    int taken = __atomic_load_n(&v->taken, __ATOMIC_SEQ_CST);
    if (taken == seen) futex(&v->taken, FUTEX_WAIT, seen);
    for (; seen < taken; seen++)
    {
      /* The one that is free is not the oldest: the one that got a client first. */
      while (slots[next % v->slots].busy) if (!(++next % v->slots)) sched_yield();
      launch(v, &slots[next++ % v->slots], -1);
    }
    reaper_work(&v->reaper);
  }
}

/* Each thread has a listener, slots and a reaper of its own. */
static void *serve_in_thread(void *data)
{
  serve(data);
  return 0;
}

static void start_threads(struct variant const *v, char const *address)
{
  int more;
  for (more = v->threads - 1; more > 0; more--)
  {
    struct variant *own = malloc(sizeof *own);
    pthread_t thread;
    if (!own) floor_die(PROG, "allocate memory");
    *own = *v;
    own->listener = floor_listen(PROG, address, 1);
    if (pthread_create(&thread, 0, &serve_in_thread, own)) floor_die(PROG, "start a thread");
  }
}

static int parse(struct variant *v, enum reap *how, int argc, char *const *argv)
{
  static char const *const names[] = { "ignore", "any", "hint", "young", "pidfd" };
  int option;
  while ((option = getopt(argc, argv, "+b:r:s:n:a:t:p:Pcv")) != -1) switch (option)
  {
    case 'b' : v->burst = (unsigned int)strtoul(optarg, 0, 10); break;
    case 'r' : for (*how = REAP_IGNORE; strcmp(optarg, names[*how]); ) if (++*how > REAP_PIDFD) return -1; break;
    case 's' : v->stack = strtoul(optarg, 0, 10) << 10; break;
    case 'n' : v->slots = (unsigned int)strtoul(optarg, 0, 10); break;
    case 'a' : v->acceptors = atoi(optarg); break;
    case 't' : v->threads = atoi(optarg); break;
    case 'p' : v->precreated = atoi(optarg); break;
    case 'P' : v->map_flags |= MAP_POPULATE; break;
    case 'c' : v->close_range = 1; break;
    case 'v' : v->clone_flags |= CLONE_VFORK; break;
    default : return -1;
  }
  if (!v->burst || !v->stack || v->slots <= (unsigned int)v->precreated || argc - optind < 2) return -1;
  if (*how == REAP_PIDFD) v->clone_flags |= CLONE_PIDFD;
  return 0;
}

int main(int argc, char *const *argv)
{
  struct variant v = { .burst = 1, .slots = SLOTS, .stack = 16384, .acceptors = 1, .threads = 1, .clone_flags = CLONE_VM | CLONE_CHILD_CLEARTID | SIGCHLD };
  enum reap how = REAP_ANY;
  int more;
  if (parse(&v, &how, argc, argv) < 0) return usage();
  v.prog = argv + optind + 1;
  /* The extra acceptors end with the first one's process group, which is how the benchmark ends a server. */
  for (more = v.acceptors - 1; more > 0; more--) if (!fork()) break;
  v.listener = floor_listen(PROG, argv[optind], v.acceptors > 1 || v.threads > 1);
  reaper_begin(&v.reaper, how);
  if (!v.precreated && (v.burst > 1 || v.reaper.fd >= 0)) fcntl(v.listener, F_SETFL, O_NONBLOCK);
  start_threads(&v, argv[optind]);
  if (v.precreated) serve_precreated(&v);
  else serve(&v);
}
