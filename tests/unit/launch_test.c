/* launch.h: the same contract with the quick launcher and with the portable one. */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <skalibs/strerr.h>

#include "platform.h"
#include "launch.h"
#include "tap.h"

static char const *const ours[] = { "PROTO", "NUMBER", "STALE", 0 };
static char const *const environment[] = { "PATH=/usr/bin:/bin", "STALE=old", "PROTO=old", "KEEP=this", "STALENOT=kept", "CHANGE=before", "DROP=me", 0 };

struct result
{
  char output[4096];
  int status;
  pid_t pid;
};

/* Launches what is prepared on one end of a socket pair, and reads the other to its end. */
static void finish(struct result *r, struct launcher *l, struct launch *s)
{
  int pair[2];
  size_t n = 0;
  ssize_t got;
  socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
  fcntl(pair[0], F_SETFD, FD_CLOEXEC);
  fcntl(pair[1], F_SETFD, FD_CLOEXEC);
  r->pid = launcher_go(l, s, pair[1]);
  close(pair[1]);
  while (n < sizeof r->output - 1 && (got = read(pair[0], r->output + n, sizeof r->output - 1 - n)) > 0) n += (size_t)got;
  r->output[n] = 0;
  close(pair[0]);
  r->status = -1;
  if (r->pid > 0) waitpid(r->pid, &r->status, 0);
}

static int has_line(char const *text, char const *line)
{
  size_t n = strlen(line);
  char const *p = text;
  for (; p && *p; p = strchr(p, '\n'), p += !!p)
    if (!strncmp(p, line, n) && (p[n] == '\n' || !p[n])) return 1;
  return 0;
}

static void test_environment(struct tap *t, int portable)
{
  static char const *const argv[] = { "env", 0 };
  struct launcher l;
  struct launch *s;
  struct result r;
  ok(t, !launcher_start(&l, argv, environment, ours, portable));
  s = launcher_slot(&l);
  launch_set(s, "PROTO", "TCP");
  launch_set_number(s, "NUMBER", 42);
  finish(&r, &l, s);
  ok(t, WIFEXITED(r.status) && !WEXITSTATUS(r.status));
  ok(t, has_line(r.output, "PROTO=TCP") && has_line(r.output, "NUMBER=42") && has_line(r.output, "KEEP=this"));
  ok(t, has_line(r.output, "STALENOT=kept") && !strstr(r.output, "=old"));
}

static void test_modifications(struct tap *t, int portable)
{
  static char const *const argv[] = { "env", 0 };
  static char const changes[] = "CHANGE=after\0DROP\0NEW=one\0PROTO=mine";
  struct launcher l;
  struct launch *s;
  struct result r;
  launcher_start(&l, argv, environment, ours, portable);
  s = launcher_slot(&l);
  launch_set(s, "PROTO", "TCP");
  ok(t, !launch_modify(s, changes, sizeof changes));
  finish(&r, &l, s);
  ok(t, has_line(r.output, "CHANGE=after") && has_line(r.output, "NEW=one") && has_line(r.output, "PROTO=mine"));
  ok(t, !strstr(r.output, "DROP") && !strstr(r.output, "before") && has_line(r.output, "KEEP=this"));
  s = launcher_slot(&l);
  launch_set(s, "PROTO", "TCP");
  finish(&r, &l, s);
  ok_for(t, "the next launch knows nothing of it", has_line(r.output, "CHANGE=before") && has_line(r.output, "DROP=me") && has_line(r.output, "PROTO=TCP"));
}

static void test_failure(struct tap *t, int portable)
{
  char file[] = "/tmp/sallyport-launch-XXXXXX";
  char const *argv[] = { file, 0 };
  struct launcher l;
  struct result r;
  int fd = mkstemp(file);
  write(fd, "not a program", 13);
  fchmod(fd, 0700);
  close(fd);
  ok(t, !launcher_start(&l, argv, environment, ours, portable));
  finish(&r, &l, launcher_slot(&l));
  ok(t, r.pid == -1 ? errno == ENOEXEC : launcher_failure(&l, r.pid, r.status) == ENOEXEC);
  unlink(file);
  finish(&r, &l, launcher_slot(&l));
  ok(t, r.pid == -1 ? errno == ENOENT : launcher_failure(&l, r.pid, r.status) == ENOENT);
  ok(t, r.pid == -1 || launcher_failure(&l, r.pid, r.status) == 0);
  ok(t, launcher_start(&l, argv, environment, ours, portable) == -1 && errno == ENOENT);
}

/* 126 and 127 that the program itself returns are no failure of ours. */
static void test_not_ours(struct tap *t, int portable)
{
  static char const *const argv[] = { "/bin/sh", "-c", "exit 127", 0 };
  struct launcher l;
  struct result r;
  launcher_start(&l, argv, environment, ours, portable);
  finish(&r, &l, launcher_slot(&l));
  ok(t, WIFEXITED(r.status) && WEXITSTATUS(r.status) == 127 && !launcher_failure(&l, r.pid, r.status));
}

static void test_mask(struct tap *t, int portable)
{
  static char const *const argv[] = { "/bin/sh", "-c", "grep SigBlk /proc/self/status", 0 };
  struct launcher l;
  struct result r;
  sigset_t set, old;
  if (access("/proc/self/status", R_OK) == -1) return;
  sigfillset(&set);
  sigprocmask(SIG_SETMASK, &set, &old);
  launcher_start(&l, argv, environment, ours, portable);
  finish(&r, &l, launcher_slot(&l));
  sigprocmask(SIG_SETMASK, &old, 0);
  is_string(t, r.output, "SigBlk:\t0000000000000000\n", "no signal is blocked in the child");
}

/* A process that holds the file open for writing until it is killed. */
static pid_t keep_busy(char const *file)
{
  int ready[2];
  char c;
  pid_t pid;
  if (pipe(ready) == -1) return -1;
  pid = fork();
  if (!pid)
  {
    if (open(file, O_WRONLY) == -1) _exit(1);
    write(ready[1], "", 1);
    for (;;) pause();
  }
  read(ready[0], &c, 1);
  close(ready[0]);
  close(ready[1]);
  return pid;
}

/* While the file is open for writing execve says ETXTBSY: with the quick launcher the children wait with
   their clients, and when all slots are taken there is no other until one is free. */
static void test_patience(struct tap *t)
{
  char file[] = "/tmp/sallyport-launch-XXXXXX";
  char const *argv[] = { file, 0 };
  struct launcher l;
  int fd = mkstemp(file), null = open("/dev/null", O_RDWR), status, good = 1;
  unsigned int i = 0;
  pid_t busy;
  write(fd, "#!/bin/sh\nexit 3\n", 17);
  fchmod(fd, 0700);
  close(fd);
  if (!launcher_start(&l, argv, environment, ours, 0) && !l.portable)
  {
    busy = keep_busy(file);
    for (; i < LAUNCH_SLOTS; i++) good &= launcher_go(&l, launcher_slot(&l), null) > 0;
    ok(t, good);
    ok(t, !launcher_slot(&l) && errno == EAGAIN);
    kill(busy, SIGKILL);
    waitpid(busy, &status, 0);
    for (i = 0; i < LAUNCH_SLOTS; i++) good &= waitpid(-1, &status, 0) > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 3;
    ok_for(t, "every one of them was launched in the end", good);
    ok(t, launcher_slot(&l) != 0);
  }
  unlink(file);
}

int main(void)
{
  struct tap t = { 0, 0 };
  int portable = 0;
  PROG = "launch_test";
  for (; portable < 2; portable++)
  {
    test_environment(&t, portable);
    test_modifications(&t, portable);
    test_failure(&t, portable);
    test_not_ours(&t, portable);
    test_mask(&t, portable);
  }
  test_patience(&t);
  return tap_done(&t);
}
