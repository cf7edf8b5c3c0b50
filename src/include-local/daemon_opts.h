/* Option rows that several families share, each written once. `all` are the programs that accept it (the
   wrapper and the stage), `stage` the one that acts on it. */

#ifndef SALLYPORT_DAEMON_OPTS_H
#define SALLYPORT_DAEMON_OPTS_H

#include <skalibs/gccattributes.h>

#include "escapes.h"
#include "exit_list.h"
#include "opts.h"
#include "rate.h"
#include "source_list.h"

/* UCSPI verbosity of a wrapper, which its daemon understands as -v N. */
#define OPTS_VERBOSITY(wrapper, stage) \
  { 'q', "quiet", 0, 0, (wrapper), (stage), "-v0", "log fatal errors only" }, \
  { 'Q', "normal", 0, 0, (wrapper), (stage), "-v1", "log warnings and refusals (default)" }, \
  { 'v', "verbose", 0, 0, (wrapper), (stage), "-v2", "log every connection" }

#define OPTS_DAEMON_VERBOSITY(daemon) \
  { 'v', "verbosity", "N", &kind_verbosity, (daemon), (daemon), 0, "0 errors, 1 warnings (default), 2 all" }

#define OPTS_ACCESS_VERBOSITY(access) \
  { 'v', "verbosity", "N", &kind_verbosity, (access), (access), 0, "0 errors, 1 each client (default), 2 and 3 more" }

/* UCSPI verbosity of a client: see client_verbosity(). */
#define OPTS_CLIENT_VERBOSITY(client) \
  { 'q', "quiet", 0, 0, (client), (client), 0, "print less; may be given twice" }, \
  { 'Q', "normal", 0, 0, (client), (client), 0, "print warnings too (default)" }, \
  { 'v', "verbose", 0, 0, (client), (client), 0, "print more: the ends of the connection" }

#define OPTS_LIMITS(all, stage) \
  { 'c', "max-clients", "N", &kind_count, (all), (stage), 0, "serve at most N clients at once (40)" }, \
  { 'C', "max-per-source", "N", &kind_count, (all), (stage), 0, "at most N of the same source (40)" }

#define OPTS_PREFIXES(all, stage) \
  { 0, "source-prefix4", "LEN", &kind_prefix4, (all), (stage), 0, "IPv4 bits that make a source (32)" }, \
  { 0, "source-prefix6", "LEN", &kind_prefix6, (all), (stage), 0, "IPv6 bits that make a source (64)" }

#define OPTS_RULES(all, stage) \
  { 'i', "rules-dir", "DIR", &kind_text, (all), (stage), 0, "serve only clients that the rules in DIR allow" }, \
  { 'x', "rules-cdb", "FILE", &kind_text, (all), (stage), 0, "serve only clients that the rules in FILE allow" }

#define OPTS_LAUNCH(all, stage) \
  { 0, "portable-launch", 0, 0, (all), (stage), 0, "start programs with posix_spawn" }

/* The rows of the engine's parts. Each ends with a comma. */

#define OPTS_PROXY(all, stage) \
  { 0, "proxy", "VERSION", &kind_proxy, (all), (stage), 0, "read a PROXY header first: any, 1 or 2" }, \
  { 0, "proxy-from", "LIST", &kind_sources, (all), (stage), 0, "from these addresses, prefixes or user ids" }, \
  { 0, "proxy-deadline", "SECONDS", &kind_seconds, (all), (stage), 0, "refuse a client without one after SECONDS (5)" }, \
  { 0, "proxy-direct", 0, 0, (all), (stage), 0, "serve all others without a header" }, \
  { 0, "proxy-close-local", 0, 0, (all), (stage), 0, "launch nothing for a header that names no client" }, \
  { 0, "proxy-variables", 0, 0, (all), (stage), 0, "set variables for what else the header has" },

#define OPTS_FIRST_DATA(all, stage) \
  { 0, "first-data", "S", &kind_seconds, (all), (stage), 0, "refuse clients silent for S seconds; 0: off" },

#define OPTS_RATES(all, stage) \
  { 0, "rate", "N/S", &kind_rate, (all), (stage), 0, "accept at most N clients in S seconds; others wait" }, \
  { 0, "source-rate", "N/S", &kind_source_rate, (all), (stage), 0, "refuse more than N of a source in S seconds" }, \
  { 0, "rate-sources", "N", &kind_count, (all), (stage), 0, "keep the rates of so many sources (65536)" }, \
  { 0, "penalty", "S", &kind_penalty, (all), (stage), 0, "seconds that a bad client costs its source" }, \
  { 0, "penalty-exits", "LIST", &kind_exits, (all), (stage), 0, "exit codes that mean a bad client (1)" }, \
  { 0, "exempt", "LIST", &kind_sources, (all), (stage), 0, "no rate, penalty or -C for these sources" }, \
  { 0, "only-report", 0, 0, (all), (stage), 0, "log what rates and penalties would refuse" },

#define OPTS_SESSIONS(all, stage) \
  { 0, "max-session", "S", &kind_seconds, (all), (stage), 0, "end a session after S seconds; 0: never (default)" }, \
  { 0, "max-idle", "S", &kind_seconds, (all), (stage), 0, "end a session without data for S seconds (TCP)" }, \
  { 0, "kill-after", "S", &kind_seconds, (all), (stage), 0, "kill what SIGTERM does not end in S seconds (10)" }, \
  { 0, "kill-group", 0, 0, (all), (stage), 0, "end what is left of its process group, too" },

#define OPTS_ENDINGS(all, stage) \
  { 0, "refuse-with", "TEXT", &kind_escaped, (all), (stage), 0, "send this to a client that is refused" }, \
  { 0, "refuse-when-full", 0, 0, (all), (stage), 0, "refuse clients above -c; do not let them wait" }, \
  { 0, "reset-refused", 0, 0, (all), (stage), 0, "reset the connections of refused clients" }, \
  { 0, "linger", "S", &kind_seconds, (all), (stage), 0, "end connections gently, for at most S seconds" },

#define OPTS_PENDING(all, stage) \
  { 0, "max-pending", "N", &kind_count, (all), (stage), 0, "at most N clients wait without a program (1024)" },

#define OPTS_STATUS(all, stage) \
  { 0, "status-socket", "PATH", &kind_local, (all), (stage), "", "show counters on a Unix-domain socket" }, \
  { 0, "status-fd", "FD", &kind_inherited, (all), (stage), 0, "show counters on this listening socket" },

#define OPTS_DRAIN(all, stage) \
  { 0, "drain-grace", "SECONDS", &kind_seconds, (all), (stage), 0, "after SIGUSR1, accept for so long (0)" }, \
  { 0, "drain-deadline", "SECONDS", &kind_seconds, (all), (stage), 0, "then end what lasts longer (0: never)" },

#define OPTS_NOTIFY(all, stage) \
  { 0, "notify", 0, 0, (all), (stage), 0, "report to the manager that set NOTIFY_SOCKET" },

/* What every daemon that accepts clients offers. */
#define OPTS_ENGINE(all, stage) \
  OPTS_PROXY(all, stage) \
  OPTS_FIRST_DATA(all, stage) \
  OPTS_RATES(all, stage) \
  OPTS_SESSIONS(all, stage) \
  OPTS_ENDINGS(all, stage) \
  OPTS_PENDING(all, stage) \
  OPTS_STATUS(all, stage) \
  OPTS_DRAIN(all, stage) \
  OPTS_NOTIFY(all, stage) \
  OPTS_LAUNCH(all, stage)

/* Dies (100) if options of OPTS_ENGINE contradict each other, or one is given without another that it needs. The
   wrappers call it before anything is bound. */
extern void require_engine_opts(struct opts const *);

/* Dies (100): --max-idle was given for a Unix-domain listener. */
extern void die_idle_local(void) gccattr_noreturn;

#define OPTS_BACKLOG(all, stage) \
  { 'b', "backlog", "N", &kind_backlog, (all), (stage), 0, "let N clients wait for accept; 0: do not listen" }

#define OPTS_LISTEN_FDS(daemon) \
  { 0, "listen-fds", 0, 0, (daemon), (daemon), 0, "serve the sockets announced by LISTEN_FDS" }

/* What a wrapper forwards to s6-applyuidgid, and what that program accepts. */
#define OPTS_IDENTITY(all, stage) \
  { 'u', "uid", "UID", &kind_id, (all), (stage), 0, "change to this user id" }, \
  { 'g', "gid", "GID", &kind_id, (all), (stage), 0, "change to this group id" }, \
  { 'G', "groups", "LIST", &kind_ids, (all), (stage), 0, "change to these supplementary groups" }

/* A wrapper has these variables removed too: they were for the server, not for its children. */
#define OPTS_ENV_IDS(wrapper, stage) \
  { 'U', "env-ids", 0, 0, (wrapper), (stage), "-Uz", "change to $UID, $GID and $GIDLIST" }

#define OPTS_IDENTITY_MORE(all, stage) \
  { 0, "keep-groups", 0, 0, (all), (stage), 0, "with -u or -g alone, keep the supplementary groups" }, \
  { 0, "no-new-privs", 0, 0, (all), (stage), 0, "forbid gaining privileges by execve from now on" }

#endif
