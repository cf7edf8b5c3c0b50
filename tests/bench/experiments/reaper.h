/* Ways for a parent to learn which of its children have ended. */

#ifndef BENCH_REAPER_H
#define BENCH_REAPER_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum reap
{
  REAP_IGNORE,  /* SIGCHLD ignored: the kernel reaps, nobody learns anything. The ceiling for the others */
  REAP_ANY,     /* waitpid(-1) until it finds nobody: the kernel walks all children */
  REAP_HINT,    /* the pid that each SIGCHLD carries, and for merged signals a sweep over all children, rationed to 1/32 of the time */
  REAP_YOUNG,   /* the same, but a sweep over young children whenever twice as many have gathered, and one over the old ones in pieces */
  REAP_PIDFD    /* a pidfd for each child in an epoll set */
};

struct pids
{
  pid_t *pid;
  size_t used;
  size_t room;
};

struct reaper
{
  enum reap how;
  int fd;               /* readable when there may be something to do, or -1 */
  struct pids all;      /* HINT: all children; YOUNG: those that are old */
  struct pids young;
  size_t next;          /* where the next piece begins */
  size_t enough;        /* sweep the young when there are more */
  uint64_t due;         /* nanoseconds: no sweep over all before this */
  unsigned char *known; /* by pid: what we believe it is, 0 for nobody */
};

extern void reaper_begin(struct reaper *, enum reap how);

/* pidfd: of the child, for REAP_PIDFD; the reaper closes it. */
extern void reaper_add(struct reaper *, pid_t, int pidfd);
extern void reaper_work(struct reaper *);

#endif
