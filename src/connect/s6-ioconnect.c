/* The bridge: copies from fd 0 to fd 7 and from fd 6 to fd 1 until both directions have ended. */

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/selfpipe.h>
#include <skalibs/sig.h>

#include "client.h"
#include "connect_opts.h"
#include "deadline.h"
#include "die.h"
#include "fds.h"
#include "flow.h"

enum { EXIT_TIMED_OUT = 1, FLOWS = 2 };

struct bridge
{
  struct flow flows[FLOWS];
  int signals;
  int stopping;        /* SIGTERM has come */
  uint64_t patience;   /* milliseconds without news, 0: for ever */
  uint64_t deadline;
};

static int const watched[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGALRM, SIGUSR1, SIGUSR2, SIGTSTP };

static int is_ignored(int signal)
{
  struct sigaction action;
  return sigaction(signal, 0, &action) == 0 && action.sa_handler == SIG_IGN;
}

/* Each of these would end or stop us with borrowed flags still set. What our caller made us ignore stays
   ignored. */
static void catch_signals(struct bridge *b)
{
  sigset_t set;
  size_t i = 0;
  sigemptyset(&set);
  for (; i < sizeof watched / sizeof watched[0]; i++)
    if (!is_ignored(watched[i])) sigaddset(&set, watched[i]);
  b->signals = selfpipe_init();
  if (b->signals == -1 || !selfpipe_trapset(&set) || !sig_ignore(SIGPIPE)) die_system("take over signals");
}

/* The order undoes that of borrowing, for two ends may be one terminal. */
static void give_back_all(struct bridge *b)
{
  unsigned int i = FLOWS;
  while (i--)
  {
    nowait_give_back(&b->flows[i].out);
    nowait_give_back(&b->flows[i].in);
  }
}

static void borrow_all(struct bridge *b)
{
  unsigned int i = 0;
  for (; i < FLOWS; i++)
  {
    nowait_borrow(&b->flows[i].in);
    nowait_borrow(&b->flows[i].out);
  }
}

static void die_of_signal(struct bridge *b, int signal)
{
  give_back_all(b);
  selfpipe_finish();
  raise(signal);
  _exit(128 + signal);
}

/* By the signal itself, which does not stop a process without a shell that could continue it. How it was caught (by a
   handler or by blocking it) is the business of selfpipe: so both are put aside. */
static void pause_for_shell(struct bridge *b)
{
  struct sigaction plain = { .sa_handler = SIG_DFL }, ours;
  sigset_t stop, mask;
  give_back_all(b);
  sigemptyset(&stop);
  sigaddset(&stop, SIGTSTP);
  sigaction(SIGTSTP, &plain, &ours);
  raise(SIGTSTP);
  sigprocmask(SIG_UNBLOCK, &stop, &mask);
  sigprocmask(SIG_SETMASK, &mask, 0);
  sigaction(SIGTSTP, &ours, 0);
  borrow_all(b);
}

static void stop(struct bridge *b)
{
  unsigned int i = 0;
  b->stopping = 1;
  for (; i < FLOWS; i++) flow_stop(&b->flows[i]);
}

static void obey_signals(struct bridge *b)
{
  for (;;)
  {
    int signal = selfpipe_read();
    if (signal <= 0) return;
    if (signal == SIGTSTP) pause_for_shell(b);
    else if (signal == SIGTERM && !b->stopping) stop(b);
    else die_of_signal(b, signal);
  }
}

static void open_flow(struct flow *f, int in, int out)
{
  f->in_number = in;
  f->out_number = out;
  if (nowait_open(&f->in, in, 1) == -1 || nowait_open(&f->out, out, 0) == -1) die_system("prepare the descriptors");
}

static void require_open(int fd, char const *number)
{
  if (fd_is_open(fd)) return;
  if (fd < 2) die_usage("fd ", number, " is not open");
  die_usage("fd ", number, " is not open: s6-tcpclient and the programs called ...-socket-connect put a connection on 6 and 7");
}

static struct bridge *bridge_open(struct opts const *o)
{
  struct bridge *b = calloc(1, sizeof *b);
  int from = (int)opts_number(o, "read-fd", CLIENT_READ);
  int to = (int)opts_number(o, "write-fd", CLIENT_WRITE);
  if (!b) die_system("allocate memory");
  require_open(0, "0");
  require_open(1, "1");
  require_open(from, opts_value(o, "read-fd", "6"));
  require_open(to, opts_value(o, "write-fd", "7"));
  if (fds_ensure_standard() == -1) die_system("open standard descriptors");
  catch_signals(b);
  if (from == to && (to = dup(to)) == -1) die_system("copy a descriptor");
  open_flow(&b->flows[0], 0, to);
  open_flow(&b->flows[1], from, 1);
  b->patience = opts_number(o, "timeout", 0);
  return b;
}

/* Waits for news and acts on them. A reader who takes his time is not idleness. */
static void turn(struct bridge *b, char const *patience)
{
  struct pollfd p[1 + 2 * FLOWS];
  int is_idle = !flow_has_data(&b->flows[0]) && !flow_has_data(&b->flows[1]);
  int r;
  p[0].fd = b->signals;
  p[0].events = POLLIN;
  flow_gather(&b->flows[0], p + 1);
  flow_gather(&b->flows[1], p + 3);
  r = poll(p, 5, is_idle ? deadline_left(b->deadline) : -1);
  if (r == -1 && errno == EINTR) return;
  if (r == -1)
  {
    give_back_all(b);
    die_system("wait for data");
  }
  if (!r && is_idle && deadline_passed(b->deadline))
  {
    give_back_all(b);
    strerr_warnw("timed out: nothing came for ", patience, " milliseconds");
    exit(EXIT_TIMED_OUT);
  }
  if (p[0].revents) obey_signals(b);
  flow_go(&b->flows[0], p + 1);
  borrow_all(b);  /* the other flow may share what this one has given back at its end */
  flow_go(&b->flows[1], p + 3);
  borrow_all(b);
  if (r) b->deadline = deadline_after(b->patience);
}

int main(int argc, char const *const *argv)
{
  struct opts given;
  struct bridge *bridge;
  (void)argc;

  argv = opts_parse(&given, &connect_opts, CONNECT_BRIDGE, argv);
  if (argv[0]) die_usage("unexpected operand '", argv[0], "'");
  bridge = bridge_open(&given);
  bridge->deadline = deadline_after(bridge->patience);
  while (!flow_is_over(&bridge->flows[0]) || !flow_is_over(&bridge->flows[1]))
    turn(bridge, opts_value(&given, "timeout", "0"));
  give_back_all(bridge);
  return bridge->flows[0].broken || bridge->flows[1].broken ? EXIT_SYSTEM : 0;
}
