/* Ends a connection gently: as the last word of a script, or around a program that answers without reading all that its
   client sends. */

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "chain.h"
#include "deadline.h"
#include "die.h"
#include "gentle_end.h"
#include "opts.h"
#include "subprocess.h"

enum { LINGER = 1, SECONDS = 2 };

static struct program const programs[] =
{
  { LINGER, "s6-linger", "[prog...]", 0, "Run prog, then end the connection on fds 0 and 1 gently." },
  { 0, 0, 0, 0, 0 }
};

static struct opt const table[] =
{
  { 't', "timeout", "SECONDS", &kind_seconds, LINGER, LINGER, 0, "wait at most so long for the client's end (2)" },
  { 0, 0, 0, 0, 0, 0, 0, 0 }
};

static struct opts_family const family = { programs, table };

/* What is meant for the program comes to us: it is sent on. A handler can only read a variable of the file; 0: there is no
   program, or no longer. */
static pid_t volatile program;

static int const passed_on[] = { SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2 };

static void send_on(int number)
{
  if (program) kill(program, number);
}

/* Blocks them until there is a program to send them to. */
static void hold_signals(sigset_t *before)
{
  sigset_t set;
  size_t i = 0;
  sigemptyset(&set);
  for (; i < sizeof passed_on / sizeof passed_on[0]; i++) sigaddset(&set, passed_on[i]);
  sigprocmask(SIG_BLOCK, &set, before);
}

static void send_signals_on(sigset_t const *before)
{
  struct sigaction action = { .sa_handler = &send_on };
  size_t i = 0;
  sigemptyset(&action.sa_mask);
  for (; i < sizeof passed_on / sizeof passed_on[0]; i++) sigaction(passed_on[i], &action, 0);
  sigprocmask(SIG_SETMASK, before, 0);
}

static void stop_sending_on(void)
{
  struct sigaction usual = { .sa_handler = SIG_DFL };
  size_t i = 0;
  sigemptyset(&usual.sa_mask);
  program = 0;
  for (; i < sizeof passed_on / sizeof passed_on[0]; i++) sigaction(passed_on[i], &usual, 0);
}

static int wait_for(pid_t pid)
{
  int status;
  while (waitpid(pid, &status, 0) == -1)
    if (errno != EINTR) die_system("wait for the program");
  return status;
}

/* Runs the program to its end. Returns its exit code, or 128 and the number of the signal that ended it. */
static int run(char const *const *argv)
{
  sigset_t before;
  int status;
  pid_t pid;
  hold_signals(&before);
  pid = fork_waitable();
  if (pid == -1) die_system("fork");
  if (!pid)
  {
    sigprocmask(SIG_SETMASK, &before, 0);
    chain_become(argv);
  }
  program = pid;
  send_signals_on(&before);
  status = wait_for(pid);
  stop_sending_on();
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int main(int argc, char const *const *argv)
{
  struct opts given;
  uint64_t seconds;
  int code = 0;
  (void)argc;

  argv = opts_parse(&given, &family, LINGER, argv);
  if (argv[0])
  {
    require_program(argv);
    code = run(argv);
  }
  seconds = opts_number(&given, "timeout", SECONDS);
  gentle_end(0, 1, deadline_after(seconds ? 1000 * seconds : 1));
  return code;
}
