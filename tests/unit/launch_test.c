/* launch.h: the same contract with the quick launcher and with the portable one. */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
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
  errno = ENOENT;
  ok(t, !launcher_start(&l, argv, environment, ours, portable));
  ok_for(t, "an older error is not taken for a refusal of the quick way", l.refused != ENOENT);
  s = launcher_slot(&l);
  launch_set(s, "PROTO", "TCP");
  launch_set_number(s, "NUMBER", 42);
  finish(&r, &l, s);
  ok(t, WIFEXITED(r.status) && !WEXITSTATUS(r.status));
  ok(t, has_line(r.output, "PROTO=TCP") && has_line(r.output, "NUMBER=42") && has_line(r.output, "KEEP=this"));
  ok(t, has_line(r.output, "STALENOT=kept") && !strstr(r.output, "=old"));
  ok_for(t, "the quick way is taken where it can be", l.portable == (portable || !platform_launch_works()));
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
  if (write(fd, "not a program", 13) != 13) fd = -1;
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
    if (write(ready[1], "", 1) != 1) _exit(1);
    for (;;) pause();
  }
  if (read(ready[0], &c, 1) != 1) pid = -1;
  close(ready[0]);
  close(ready[1]);
  return pid;
}

/* A script that a process writes to: execve says ETXTBSY. */
static int make_script(char *file)
{
  int fd = mkstemp(file);
  if (fd == -1 || write(fd, "#!/bin/sh\nexit 3\n", 17) != 17) return -1;
  fchmod(fd, 0700);
  return close(fd);
}

/* A launch that failed gives -1, which to kill(2) means all processes. */
static void end(pid_t pid)
{
  if (pid <= 0) return;
  kill(pid, SIGKILL);
  waitpid(pid, 0, 0);
}

static int eventually_waits(struct launcher *l, int wanted)
{
  unsigned int i = 0;
  for (; i < 10000 && launcher_waits(l) != wanted; i++) poll(0, 0, 1);
  return launcher_waits(l) == wanted;
}

static int ends_with(pid_t pid, int code)
{
  int status;
  return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == code;
}

/* With the quick launcher a child waits with its client, and there is no slot for another one meanwhile. */
static void test_patience(struct tap *t)
{
  char file[] = "/tmp/sallyport-launch-XXXXXX";
  char const *argv[] = { file, 0 };
  struct launcher l;
  struct launch *s;
  int null = open("/dev/null", O_RDWR), signals, refused;
  struct signal_event event;
  sigset_t set;
  pid_t writer, child;
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  signals = platform_signals_open(&set, &refused);
  if (make_script(file) == 0 && !launcher_start(&l, argv, environment, ours, 0) && !l.portable)
  {
    writer = keep_busy(file);
    while (platform_signals_read(signals, &event, 1) > 0);
    child = launcher_go(&l, launcher_slot(&l), null);
    ok(t, child > 0 && eventually_waits(&l, ETXTBSY));
    ok(t, !launcher_slot(&l) && errno == ETXTBSY);
    ok_for(t, "it is told", platform_signals_read(signals, &event, 1) == 1 && event.number == SIGCHLD && event.child == child);
    end(writer);
    ok_for(t, "it is launched in the end", ends_with(child, 3));
    s = launcher_slot(&l);
    ok(t, s && !launcher_waits(&l));

    writer = keep_busy(file);
    child = launcher_go(&l, s, null);
    ok(t, eventually_waits(&l, ETXTBSY));
    end(child);
    ok_for(t, "one that is killed waits no longer", launcher_slot(&l) && !launcher_waits(&l));
    end(writer);
  }
  unlink(file);
  close(null);
  close(signals);
  sigemptyset(&set);
  sigprocmask(SIG_SETMASK, &set, 0);
}

/* What a client meets while the program is being written: true if it may wait, and why it failed at last. */
static int fails_with(struct launcher *l, int connection)
{
  int status, e;
  pid_t pid = launcher_go(l, launcher_slot(l), connection);
  if (pid == -1) return launcher_may_wait(l, e = errno) ? -1 : e;
  if (waitpid(pid, &status, 0) != pid) return -1;
  return launcher_failure(l, pid, status);
}

static void test_end_of_patience(struct tap *t, int portable)
{
  char file[] = "/tmp/sallyport-launch-XXXXXX";
  char const *argv[] = { file, 0 };
  struct launcher l;
  int null = open("/dev/null", O_RDWR), e = -1;
  unsigned int tries = 0;
  pid_t writer;
  if (make_script(file) == 0 && !launcher_start(&l, argv, environment, ours, portable))
  {
    writer = keep_busy(file);
    l.patience = 100;
    for (; tries < 1000 && e == -1; tries++)
    {
      e = fails_with(&l, null);
      if (e == -1) poll(0, 0, 10);
    }
    ok_for(t, "the first client waits, but not for ever", e == ETXTBSY && tries < 1000);
    ok_for(t, "the next ones do not", fails_with(&l, null) == ETXTBSY && l.in_vain);
    end(writer);
    ok_for(t, "until the program can be executed", fails_with(&l, null) == 0 && !l.in_vain);
  }
  unlink(file);
  close(null);
}

/* Killed before it has asked the kernel to clear its word, a child leaves a slot that is free all the same. */
static void test_early_death(struct tap *t)
{
  static char const *const argv[] = { "true", 0 };
  struct launcher l;
  struct launch *s;
  if (launcher_start(&l, argv, environment, ours, 0) == -1 || !(s = launcher_slot(&l))) return;
  s->pid = 12345;
  s->child.busy = 1;
  ok(t, launcher_slot(&l) != s);
  ok(t, !launcher_failure(&l, 12345, SIGKILL));
  ok(t, !s->child.busy);
}

/* Launches that do not arrive are waited for once, and then more begin beside them; all is as usual when none is on its way. */
static void test_turns(struct tap *t)
{
  static char const *const argv[] = { "true", 0 };
  struct launcher l;
  struct launch *s[LAUNCH_SLOTS];
  unsigned int i = 0, n = 0;
  if (launcher_start(&l, argv, environment, ours, 0) == -1 || l.portable) return;
  ok(t, l.usual >= 1 && l.usual <= LAUNCH_SLOTS && l.usual >= platform_processors());
  l.usual = 3;
  for (; i < 3; i++)
  {
    s[n] = launcher_slot(&l);
    s[n++]->child.busy = 1;
  }
  ok_for(t, "three at once are usual", l.at_once == 3);
  s[n] = launcher_slot(&l);
  ok_for(t, "the fourth begins, after a while", s[n] != 0);
  s[n++]->child.busy = 1;
  ok_for(t, "and there may be six", l.at_once == 6);
  for (i = 0; i < n; i++) s[i]->child.busy = 0;
  ok_for(t, "none is on its way", launcher_slot(&l) && l.at_once == 3);
}

/* What is ours is closed, what we were given stays. */
static void test_descriptors(struct tap *t)
{
  char file[] = "/tmp/sallyport-launch-XXXXXX", path[64];
  char const *argv[] = { file, 0 };
  struct launcher l;
  int own = fcntl(0, F_DUPFD_CLOEXEC, 50), given = fcntl(0, F_DUPFD, 51), null = open("/dev/null", O_RDWR | O_CLOEXEC);
  pid_t writer, child;
  if (make_script(file) == 0 && !launcher_start(&l, argv, environment, ours, 0) && !l.portable)
  {
    writer = keep_busy(file);
    child = launcher_go(&l, launcher_slot(&l), null);
    ok(t, eventually_waits(&l, ETXTBSY));
    snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)child, own);
    ok(t, faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) == -1);
    snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)child, null);
    ok(t, faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) == -1);
    snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)child, given);
    ok(t, faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0 || access("/proc/self", F_OK) == -1);
    end(writer);
    ok(t, ends_with(child, 3));
  }
  unlink(file);
  close(own);
  close(given);
  close(null);
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
    test_end_of_patience(&t, portable);
  }
  test_patience(&t);
  test_early_death(&t);
  test_turns(&t);
  test_descriptors(&t);
  return tap_done(&t);
}
