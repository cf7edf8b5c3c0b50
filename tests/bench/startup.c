/* How long a server takes from its exec until it announces that it listens, by the first line that it writes to standard output.
   startup COUNT PROG... prints the shortest, median and longest of COUNT starts, in microseconds. */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "samples.h"

#define PATIENCE_MS 5000

static int report(char const *what)
{
  fprintf(stderr, "startup: fatal: unable to %s: %s\n", what, strerror(errno));
  return -1;
}

/* Returns 1 when the server has announced itself. */
static int wait_for_line(int fd)
{
  struct pollfd p = { .fd = fd, .events = POLLIN };
  char byte = 0;
  while (byte != '\n')
  {
    if (poll(&p, 1, PATIENCE_MS) <= 0 || read(fd, &byte, 1) != 1) return 0;
  }
  return 1;
}

/* A server that does not obey SIGTERM in time is killed. */
static void end(pid_t pid)
{
  unsigned int ms;
  kill(pid, SIGTERM);
  for (ms = 0; ms < PATIENCE_MS; ms++)
  {
    struct timespec const tick = { .tv_sec = 0, .tv_nsec = 1000000 };
    if (waitpid(pid, 0, WNOHANG)) return;
    nanosleep(&tick, 0);
  }
  kill(pid, SIGKILL);
  waitpid(pid, 0, 0);
}

static int start_once(struct samples *samples, char *const *prog)
{
  int announce[2];
  uint64_t begun;
  pid_t pid;
  int ready;
  if (pipe2(announce, O_CLOEXEC) < 0) return report("create a pipe");
  begun = now_ns();
  pid = vfork();
  if (pid < 0) return report("vfork");
  if (!pid)
  {
    dup2(announce[1], 1);
    execv(prog[0], prog);
    _exit(127);
  }
  close(announce[1]);
  ready = wait_for_line(announce[0]);
  if (ready) samples_add(samples, now_ns() - begun);
  end(pid);
  close(announce[0]);
  return ready ? 0 : report("see the server announce itself");
}

int main(int argc, char *const *argv)
{
  struct samples samples = SAMPLES_NONE;
  long n = argc > 1 ? strtol(argv[1], 0, 10) : 0;
  if (argc < 3 || n < 1 || n > 100000) return fputs("startup: usage: startup COUNT /PATH/OF/PROG...\n", stderr), 100;
  while (n--) if (start_once(&samples, argv + 2) < 0) return 111;
  samples_sort(&samples);
  printf("min=%.1f p50=%.1f max=%.1f\n", samples_percentile(&samples, 0), samples_percentile(&samples, 0.5), samples_percentile(&samples, 1));
  samples_free(&samples);
  return 0;
}
