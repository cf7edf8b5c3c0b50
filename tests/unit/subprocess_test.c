/* subprocess.h and deadline.h: work in a child process comes back, or is ended when the time is over. */

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "deadline.h"
#include "subprocess.h"
#include "tap.h"

struct task
{
  int number;
  char big[100000];
};

static void add_one(void *task)
{
  struct task *k = task;
  k->number++;
  memset(k->big, 'x', sizeof k->big);
}

static void sleep_for_ever(void *task)
{
  (void)task;
  for (;;) pause();
}

static void die(void *task)
{
  (void)task;
  _exit(3);
}

static int no_children(void)
{
  return waitpid(-1, 0, WNOHANG) == -1 && errno == ECHILD;
}

static void test_work(struct tap *t)
{
  static struct task a, b;
  struct subprocess first, second;
  a.number = 1;
  b.number = 10;
  ok(t, subprocess_start(&first, add_one, &a, sizeof a) == 0);
  ok(t, subprocess_start(&second, add_one, &b, sizeof b) == 0);
  ok(t, subprocess_finish(&first, NO_DEADLINE) == 0 && a.number == 2 && a.big[sizeof a.big - 1] == 'x');
  ok(t, subprocess_finish(&second, deadline_after(20000)) == 0 && b.number == 11);
  ok(t, no_children());
}

static void test_failures(struct tap *t)
{
  static struct task a;
  struct subprocess h;
  subprocess_start(&h, sleep_for_ever, &a, sizeof a);
  errno = 0;
  ok(t, subprocess_finish(&h, deadline_after(20)) == -1 && errno == ETIMEDOUT);
  ok(t, no_children());
  subprocess_start(&h, die, &a, sizeof a);
  errno = 0;
  ok(t, subprocess_finish(&h, NO_DEADLINE) == -1 && errno == EIO);
  ok(t, no_children());
  signal(SIGCHLD, SIG_IGN);
  a.number = 1;
  subprocess_start(&h, add_one, &a, sizeof a);
  ok(t, subprocess_finish(&h, NO_DEADLINE) == 0 && a.number == 2);
}

static void test_deadlines(struct tap *t)
{
  uint64_t soon = deadline_after(1), late = deadline_after(1000000);
  int p[2];
  ok(t, deadline_after(0) == NO_DEADLINE);
  ok(t, deadline_left(NO_DEADLINE) == -1 && !deadline_passed(NO_DEADLINE));
  ok(t, deadline_sooner(soon, late) == soon && deadline_sooner(late, soon) == soon);
  ok(t, deadline_sooner(NO_DEADLINE, soon) == soon && deadline_sooner(soon, NO_DEADLINE) == soon);
  ok(t, deadline_left(late) > 900000);
  ok(t, pipe(p) == 0);
  errno = 0;
  ok(t, deadline_poll(p[0], 1, deadline_after(5)) == -1 && errno == ETIMEDOUT);
  ok(t, deadline_passed(soon));
}

int main(void)
{
  struct tap t = { 0, 0 };
  test_work(&t);
  test_failures(&t);
  test_deadlines(&t);
  return tap_done(&t);
}
