/* Ways of learning which child has ended. For figures only: the tables are simple, and indexed by pid. */

#define _GNU_SOURCE
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../floor.h"
#include "../samples.h"
#include "reaper.h"

#define PID_ROOM 4194304
#define BATCH 64
#define YOUNG_LEAST 32
#define RATION 32
#define PIECE 256

#ifndef P_PIDFD
#define P_PIDFD 3
#endif

enum { NOBODY, NEWBORN, YOUNG, OLD };

static void add(struct pids *p, pid_t pid)
{
  if (p->used == p->room)
  {
    p->room = p->room ? 2 * p->room : 1024;
    p->pid = realloc(p->pid, p->room * sizeof *p->pid);
    if (!p->pid) floor_die("clone_variants", "allocate");
  }
  p->pid[p->used++] = pid;
}

void reaper_begin(struct reaper *r, enum reap how)
{
  sigset_t set;
  memset(r, 0, sizeof *r);
  r->how = how;
  r->fd = -1;
  r->enough = YOUNG_LEAST;
  if (how == REAP_IGNORE) signal(SIGCHLD, SIG_IGN);
  if (how == REAP_PIDFD) r->fd = epoll_create1(EPOLL_CLOEXEC);
  if (how != REAP_HINT && how != REAP_YOUNG) return;
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  sigprocmask(SIG_BLOCK, &set, 0);
  r->fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
  r->known = calloc(PID_ROOM, 1);
  if (r->fd < 0 || !r->known) floor_die("clone_variants", "prepare");
}

void reaper_add(struct reaper *r, pid_t pid, int pidfd)
{
  struct epoll_event event = { .events = EPOLLIN, .data = { .fd = pidfd } };
  if (r->how == REAP_PIDFD) epoll_ctl(r->fd, EPOLL_CTL_ADD, pidfd, &event);
  if (!r->known) return;
  add(r->how == REAP_YOUNG ? &r->young : &r->all, pid);
  r->known[pid] = r->how == REAP_YOUNG ? NEWBORN : OLD;
}

static int has_ended(struct reaper *r, pid_t pid)
{
  if (waitpid(pid, 0, WNOHANG) == 0) return 0;
  r->known[pid] = NOBODY;
  return 1;
}

/* A child that is alive in two sweeps is old. */
static void sweep_young(struct reaper *r)
{
  size_t kept = 0;
  size_t i;
  for (i = 0; i < r->young.used; i++)
  {
    pid_t pid = r->young.pid[i];
    if (r->known[pid] != NEWBORN && r->known[pid] != YOUNG) continue;
    if (has_ended(r, pid)) continue;
    if (++r->known[pid] == OLD) add(&r->all, pid);
    else r->young.pid[kept++] = pid;
  }
  r->young.used = kept;
  r->enough = 2 * kept + YOUNG_LEAST;
}

/* A piece of the sweep over all: short, so that no client waits for long, and rationed like the whole. */
static void sweep_some(struct reaper *r)
{
  uint64_t began = now_ns();
  size_t left = PIECE;
  if (began < r->due) return;
  while (left-- && r->all.used)
  {
    pid_t pid;
    if (r->next >= r->all.used) r->next = 0;
    pid = r->all.pid[r->next];
    if (r->known[pid] == OLD && !has_ended(r, pid)) r->next++;
    else r->all.pid[r->next] = r->all.pid[--r->all.used];
  }
  r->due = now_ns() + RATION * (now_ns() - began);
}

static void sweep_all(struct reaper *r)
{
  uint64_t began = now_ns();
  size_t kept = 0;
  size_t i;
  if (began < r->due) return;
  for (i = 0; i < r->all.used; i++)
  {
    pid_t pid = r->all.pid[i];
    if (r->known[pid] == OLD && !has_ended(r, pid)) r->all.pid[kept++] = pid;
  }
  r->all.used = kept;
  r->due = now_ns() + RATION * (now_ns() - began);
}

static void read_signals(struct reaper *r)
{
  struct signalfd_siginfo info[BATCH];
  ssize_t n = read(r->fd, info, sizeof info);
  size_t i;
  if (n <= 0) return;
  for (i = 0; i < (size_t)n / sizeof *info; i++) if (r->known[info[i].ssi_pid]) has_ended(r, (pid_t)info[i].ssi_pid);
  if (r->how == REAP_YOUNG && r->young.used > r->enough) sweep_young(r);
  if (r->how == REAP_YOUNG) sweep_some(r);
  else sweep_all(r);
}

static void read_pidfds(struct reaper *r)
{
  struct epoll_event events[BATCH];
  int n = epoll_wait(r->fd, events, BATCH, 0);
  int i;
  for (i = 0; i < n; i++)
  {
    siginfo_t info;
    waitid(P_PIDFD, (id_t)events[i].data.fd, &info, WEXITED | WNOHANG);
    close(events[i].data.fd);
  }
}

void reaper_work(struct reaper *r)
{
  if (r->how == REAP_ANY) while (waitpid(-1, 0, WNOHANG) > 0) continue;
  else if (r->how == REAP_PIDFD) read_pidfds(r);
  else if (r->known) read_signals(r);
}
