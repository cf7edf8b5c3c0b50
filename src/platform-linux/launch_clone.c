/* The quick launcher: clone with shared memory and without the wait of vfork, so that the daemon accepts
   the next client while the child is still on its way to execve.

   The child shares our memory and runs on a stack of its own inside its slot. It must therefore call
   nothing but the kernel: no libc function, no errno. No signal handler can run in it, since the
   daemon installs none and the child's mask opens only right before execve. The kernel clears `busy` when
   the child has left our memory, by execve or by dying; until then the slot is not touched. The child asks for that
   itself, by set_tid_address: musl's clone refuses CLONE_CHILD_CLEARTID. Killed before, it leaves the word set. */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "die.h"
#include "platform.h"
#include "raw_syscall.h"

enum { KERNEL_SIGSET_SIZE = 8, FIRST_PAUSE = 10, LONGEST_PAUSE = 640, COPY_WAIT = 50 };  /* milliseconds */

enum { SHARES = 1, CANNOT = 2 };  /* of a child and its descriptors */

/* Linux 5.9 is younger than some headers. */
#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#ifndef CLOSE_RANGE_UNSHARE
#define CLOSE_RANGE_UNSHARE (1U << 1)
#endif

static uint64_t const no_signal = 0;

/* Memory, process or file table shortage, or a program that is just being replaced: the client is ours
   already, so wait with it. */
static int may_pass(long e)
{
  return e == EAGAIN || e == ENOMEM || e == EMFILE || e == ENFILE || e == ETXTBSY;
}

static int daemon_lives(struct platform_child const *c)
{
  return raw_syscall(SYS_getppid, 0, 0, 0, 0) == c->daemon;
}

/* Only a person ends the writing of a program, and only the daemon can hold clients in a shortage. */
static int gives_up(struct platform_child const *c, long e, unsigned int waited)
{
  if (!may_pass(e)) return 1;
  return waited >= c->patience && (e == ETXTBSY || !daemon_lives(c));
}

/* What execve would close is closed now: a listener in here would outlive the daemon. What the daemon was given by its caller
   stays for the program. */
static void close_ours(struct platform_child const *c)
{
  int fd = 3;
  for (; fd < c->descriptors; fd++)
  {
    long flags = raw_syscall(SYS_fcntl, fd, F_GETFD, 0, 0);
    if (flags >= 0 && flags & FD_CLOEXEC) raw_syscall(SYS_close, fd, 0, 0, 0);
  }
}

static void report_waiting(struct platform_child *c, long e)
{
  __atomic_store_n(&c->waits, (int)e, __ATOMIC_RELEASE);
  __atomic_store_n(c->news, 1, __ATOMIC_RELEASE);
  if (daemon_lives(c)) raw_syscall(SYS_kill, c->daemon, SIGCHLD, 0, 0);
}

static void pause_for(unsigned int milliseconds)
{
  struct timespec t = { 0, milliseconds * 1000000L };
  raw_syscall(SYS_nanosleep, (long)&t, 0, 0, 0);
}

/* The pause doubles up to just under a second. */
static long become(struct platform_child *c)
{
  unsigned int waited = 0, pause = FIRST_PAUSE;
  for (;;)
  {
    long e = -raw_syscall(SYS_execve, (long)c->file, (long)c->argv, (long)c->envp, 0);
    if (gives_up(c, e, waited)) return e;
    if (!waited)
    {
      close_ours(c);
      report_waiting(c, e);
    }
    pause_for(pause);
    waited += pause;
    if (pause < LONGEST_PAUSE) pause *= 2;
  }
}

/* Where there is dup2 it is what libc uses too, and what a sandbox knows. The connection is none of the two. */
static long duplicate(int from, int to)
{
#ifdef SYS_dup2
  return raw_syscall(SYS_dup2, from, to, 0, 0);
#else
  return raw_syscall(SYS_dup3, from, to, 0, 0);
#endif
}

/* Up to here our descriptors are the daemon's own, all of them. close_range(2) makes the copy of those below the number
   (CLOSE_RANGE_UNSHARE, since Linux 5.9). Where it is not known or refused, this child must not touch anything; short of
   memory, it tries again. */
static long copy_descriptors(struct platform_child *c)
{
  long e;
  while ((e = raw_syscall(SYS_close_range, c->apart, UINT_MAX, CLOSE_RANGE_UNSHARE, 0)) < 0 && may_pass(-e) && daemon_lives(c))
  {
    report_waiting(c, -e);
    pause_for(FIRST_PAUSE);
  }
  c->waits = 0;
  if (e < 0) c->error = (int)-e;
  __atomic_store_n(&c->shares, e < 0 ? CANNOT : 0, __ATOMIC_RELEASE);
  if (!c->sure) raw_syscall(SYS_futex, (long)&c->shares, FUTEX_WAKE, 1, 0);
  return e;
}

static int child(void *arg)
{
  struct platform_child *c = arg;
  long e;
  raw_syscall(SYS_set_tid_address, (long)&c->busy, 0, 0, 0);
  if (c->apart && copy_descriptors(c) < 0)
    for (;;) raw_syscall(SYS_exit_group, EXIT_NOEXEC, 0, 0, 0);
  e = duplicate(c->connection, 0);
  if (e >= 0) e = duplicate(c->connection, 1);
  if (e >= 0 && c->own_group) e = raw_syscall(SYS_setpgid, 0, 0, 0, 0);
  if (e >= 0) e = raw_syscall(SYS_rt_sigprocmask, SIG_SETMASK, (long)&no_signal, 0, KERNEL_SIGSET_SIZE);
  c->error = (int)(e < 0 ? -e : become(c));
  for (;;) raw_syscall(SYS_exit_group, c->error == ENOENT ? EXIT_NOTFOUND : EXIT_NOEXEC, 0, 0, 0);
  return 0;
}

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define INSTRUMENTED
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define INSTRUMENTED
#endif

/* Neither valgrind nor a sanitizer can follow a child that shares memory without vfork's wait. */
static int is_instrumented(void)
{
#ifdef INSTRUMENTED
  return 1;
#else
  char const *preload = getenv("LD_PRELOAD");
  return preload && strstr(preload, "vgpreload");
#endif
}

/* A sandbox may refuse set_tid_address(2), which a child could not report: no slot would ever be free again. Ours has no
   waiter: we have one thread. */
int platform_launch_works(void)
{
  static uint32_t word;
  long r;
  errno = 0;
  if (is_instrumented()) return 0;
  r = raw_syscall(SYS_set_tid_address, (long)&word, 0, 0, 0);
  if (r < 0) errno = (int)-r;
  return r >= 0;
}

/* The kernel wakes one waiter of a word that it clears, and does not take it for a private one. Returns the word. */
static uint32_t wait_while(uint32_t *word, uint32_t value, unsigned int milliseconds)
{
  struct timespec t = { milliseconds / 1000, (long)(milliseconds % 1000) * 1000000 };
  uint32_t now = __atomic_load_n(word, __ATOMIC_ACQUIRE);
  if (now != value) return now;
  syscall(SYS_futex, word, FUTEX_WAIT, value, &t, 0, 0);
  return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

static pid_t start(struct platform_child *c)
{
  pid_t pid;
  c->error = 0;
  c->waits = 0;
  c->busy = 1;
  c->shares = c->apart ? SHARES : 0;
  pid = clone(&child, c->stack, CLONE_VM | SIGCHLD | (c->apart ? CLONE_FILES : 0), c);
  if (pid == -1) c->busy = c->shares = 0;
  return pid;
}

/* The first time this waits for the child's answer. A child that has had no processor so far shares our descriptors for a while
   yet. */
pid_t platform_launch(struct platform_child *c, int connection)
{
  pid_t pid;
  c->connection = connection;
  pid = start(c);
  if (pid == -1 || !c->apart || c->sure || wait_while(&c->shares, SHARES, COPY_WAIT) != CANNOT) return pid;
  while (waitpid(pid, 0, 0) == -1 && errno == EINTR) continue;
  c->apart = 0;
  return start(c);
}

void platform_launch_wait(struct platform_child *c, unsigned int milliseconds)
{
  uint32_t busy = __atomic_load_n(&c->busy, __ATOMIC_ACQUIRE);
  if (busy) wait_while(&c->busy, busy, milliseconds);
}
