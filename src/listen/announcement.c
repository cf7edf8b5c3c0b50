/* The descriptor of a listener and the variables that go with it: see announcement.h. */

#include <errno.h>

#include "chain.h"
#include "die.h"
#include "fds.h"
#include "listenfds.h"
#include "opts.h"
#include "announcement.h"

/* A wrong announcement is no reason not to begin: the list starts afresh. */
static int count_announced(void)
{
  int n = listenfds_count();
  char const *problem;
  if (n >= 0) return n;
  problem = listenfds_problem(errno);
  if (!problem) die_system("look at the sockets announced by LISTEN_FDS");
  strerr_warnw(problem, ": starting with one listener");
  listenfds_retract();
  return 0;
}

void announcement_plan(struct announcement *p, struct opts const *o)
{
  int accumulate = opts_has(o, "systemd-compatibility");
  if (opts_has(o, "name") && !accumulate) die_usage("--name needs --systemd-compatibility");
  p->given = o;
  p->announced = count_announced();
  if (p->announced == LISTENFDS_MAX && accumulate) die_usage("LISTEN_FDS leaves no room for another listener");
  p->fd = LISTENFDS_START + (accumulate ? p->announced : 0);
  /* A socket on a closed stderr would swallow our last message, or send it to a peer. */
  if (fds_ensure_standard() == -1) die_system("open the standard descriptors");
}

/* The variables would now claim the new listener, and others that were not to be kept. */
static void forget_announced(void)
{
  strerr_warnw("the listener on fd 3 that LISTEN_FDS announced is closed: --systemd-compatibility would keep it");
  listenfds_retract();
}

void announcement_make(struct announcement const *p)
{
  if (opts_has(p->given, "systemd-compatibility"))
    listenfds_announce((unsigned int)p->announced + 1, opts_value(p->given, "name", 0));
  else if (p->announced > 0) forget_announced();
  if (!opts_has(p->given, "upstart-compatibility")) return;
  chain_env("UPSTART_EVENTS", "socket");
  chain_env_number("UPSTART_FDS", (unsigned long)p->fd);
}
