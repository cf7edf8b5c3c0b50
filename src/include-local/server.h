/* The engine: one accept loop for every daemon. A daemon is a page: an option table, a `struct family`
   that says who a client is, and a main(). */

#ifndef SALLYPORT_SERVER_H
#define SALLYPORT_SERVER_H

#include <poll.h>
#include <stdint.h>
#include <sys/types.h>

#include <skalibs/gccattributes.h>

#include "address.h"
#include "platform.h"
#include "launch.h"
#include "log.h"
#include "opts.h"
#include "table.h"

enum
{
  BEFORE_COMPANION = 2,        /* entries of the poll set: signals, log */
  ACCEPT_BURST = 64,           /* most clients taken from one listener before signals are looked at */
  DEFAULT_MAX_CLIENTS = 40,
  DEFAULT_MAX_PER_SOURCE = 40
};

struct listener
{
  int fd;
  struct address local;
  int specific;  /* bound to one address: every connection has it as its own */
};

struct client
{
  int fd;          /* ours until launched or refused */
  int identified;  /* what follows is known */
  struct listener const *listener;
  struct address remote;
  struct address local;
  struct source source;
  /* Unix-domain clients, where credentials are looked up; otherwise (uid_t)-1, (gid_t)-1, 0. */
  uid_t uid;
  gid_t gid;
  pid_t pid;
};

/* What access rules say of a client. The texts belong to the rules and are copied before the next client
   is judged. */
struct verdict
{
  char const *environment;  /* modification string: see launch_modify() */
  size_t environment_length;
  char const *exec;         /* 0, or an execline script to run in place of the program */
  size_t exec_length;
};

struct server;

struct family
{
  char const *accepted;          /* the log's word for a launched client: "accept" */
  char const *const *variables;  /* every variable set or removed for a client; ends with 0 */

  /* Completes client from its fd, listener and remote: local address, source, ids. -1 with errno if that
     cannot be known: the client is held in a shortage, and refused with a warning for any other cause. */
  int (*identify)(struct server const *, struct client *);

  void (*put_client)(struct text *, struct client const *);                         /* for the log */
  void (*put_source)(struct text *, struct server const *, struct source const *);  /* likewise */
  void (*put_listener)(struct text *, struct listener const *);                     /* for "starting" */

  /* Sets the variables of one client; count includes it. */
  void (*environment)(struct launch *, struct server const *, struct client const *, uint32_t count);
};

/* A shortage of processes, memory or descriptors: accepting pauses, and the client at hand is kept. */
struct hold
{
  int paused;            /* listeners are out of the poll set */
  struct client client;  /* the one that waits; fd -1 if none */
  unsigned int delay;    /* milliseconds before the next try, doubled by each */
  uint64_t retry_at;
  int episode;           /* the start was logged, and the end is to be */
  uint64_t began;
  uint64_t last;         /* the latest shortage: the episode ends when a while has passed since */
};

/* Refused clients of one second, so that no client can fill the log. */
struct refusal
{
  struct source source;
  uint32_t count;  /* live children of the source; 0 if access rules refused it */
  uint32_t repeated;
};

enum { REFUSALS = 8 };

struct refusals
{
  struct refusal sources[REFUSALS];
  unsigned int used;
  uint32_t others;
  uint64_t due;  /* when the second is over; 0: nothing is noted */
};

/* Clients whom the access rules could not judge in one second. */
struct unjudged
{
  uint32_t repeated;
  char const *rules;
  uint64_t due;
};

/* Errors of one kind in one second: the first is logged at once, the others are summed up. */
struct errors
{
  uint32_t repeated;
  int error;
  uint64_t due;
};

enum { RECENT = 256 };

/* Signals merge, so that some exits are never announced. With many children alive they are found by
   asking: for the latest ones often, since most that end are young, and for all of them now and then. */
struct sweep
{
  pid_t recent[RECENT];  /* the latest launches, in a ring */
  unsigned int next;
  unsigned int since;    /* launches since the ring was looked at */
  int wanted;            /* an exit may be unknown */
  uint64_t due;          /* microseconds: when all of them may be asked for again */
  uint64_t look_due;     /* likewise those of one source */
};

/* What a daemon does in the same loop besides serving the clients of its listeners: other descriptors,
   appointments and children of its own. */
struct companion
{
  void *data;                /* for the functions */
  int const *signals;        /* taken over besides those of the engine; ends with 0 */
  unsigned int descriptors;  /* entries of the poll set that are its own */

  /* Before each wait: sets the fd (-1: none) and the events of its entries, and brings *when, in
     milliseconds of server_now(), forward to its next appointment. */
  void (*prepare)(void *data, struct pollfd *, uint64_t *when);

  /* After each wait: its entries, or 0 if nothing is known of them. */
  void (*attend)(void *data, struct pollfd const *);

  /* Returns true if the engine is to do nothing about this signal. A SIGCHLD may stand for several
     children: server_reap_child() asks for one. */
  int (*signal)(void *data, int number);

  /* A child that serves no client has ended. error: see launcher_failure(). */
  void (*ended)(void *data, pid_t, int status, int error);
};

struct server
{
  struct family const *family;
  struct companion const *companion;  /* 0: none */
  struct listener *listeners;
  unsigned int listener_count;
  struct pollfd *poll;          /* signals, log, the companion's, then the listeners */
  unsigned int first_listener;  /* index in the poll set */
  int signals;
  unsigned int streak;  /* wake-ups in a row that found clients, as far as it matters */
  unsigned int burst;   /* clients to take from a listener at this wake-up: 1 to ACCEPT_BURST */
  unsigned int passing; /* errors in a row that accept says are of one connection only */

  uint32_t max_clients;
  uint32_t max_per_source;
  int unlimited;                  /* max_clients is not what the user asked for, only where the engine ends */
  unsigned int prefix4, prefix6;  /* what a source is: see source_of_address() */

  struct launcher launcher;
  struct children children;
  struct sources sources;
  struct hold hold;
  struct refusals refusals;
  struct errors failures;      /* of launches */
  struct errors unidentified;  /* clients */
  struct unjudged unjudged;
  struct sweep sweep;
  uint64_t full_said;  /* when the log last said that the client limit was reached; 0: never */
  struct log log;
  int leaving;

  /* Access rules, if any: see server_rules.h. Fills the verdict, which was zero, and returns 1 if the client
     may come in, 0 if not, -1 with errno where that cannot be found out: unless is_shortage(errno) it has
     logged why. */
  int (*judge)(void *rules, struct client const *, struct verdict *);
  void *rules;
};

/* Reads the limits (OPTS_LIMITS), and starts the log. */
extern void server_configure(struct server *, struct family const *, struct opts const *, unsigned int verbosity);

/* The same for a page whose limits have other names. 0 means 1 for a limit. */
extern void server_configure_limits(struct server *, struct family const *, uint32_t max_clients, uint32_t max_per_source, unsigned int verbosity);

/* Takes a listening socket: dies (100) if it is none, makes it non-blocking and close-on-exec. */
extern void server_adopt(struct server *, int fd);

/* Takes every socket announced by LISTEN_PID and LISTEN_FDS; dies (100, 111) if that is not true. */
extern void server_adopt_announced(struct server *);

/* Finds the program to launch for each client, or dies (127, 126). */
extern void server_program(struct server *, char const *const *argv, int portable);

/* Makes 0, 1 and 2 safe, takes signals over, logs the start, and, if `ready` is not 0, writes it to stdout. */
extern void server_begin(struct server *, char const *ready);

/* Serves until a signal says otherwise. Returns the exit code. */
extern int server_run(struct server *);

/* ---- between the files of the engine ---- */

extern uint64_t server_now(void);        /* monotonic milliseconds, never 0 */
extern uint64_t server_now_micro(void);
extern int server_is_full(struct server const *);
extern void server_die(struct server *, char const *what, int e) gccattr_noreturn;

extern void server_accept(struct server *, struct listener const *, int hung_up);
extern void server_serve(struct server *, struct client *);

extern void server_obey_signals(struct server *);
extern void server_launched(struct server *, pid_t);
extern void server_reap(struct server *, pid_t hint);
extern void server_reap_child(struct server *, pid_t);
extern void server_reap_source(struct server *, uint32_t source);
extern void server_sweep(struct server *);

extern void hold_begin(struct server *, struct client const *, char const *what, int e);
extern void hold_eased(struct server *);
extern void hold_retry(struct server *);
extern void hold_tick(struct server *, uint64_t now);
extern uint64_t hold_over_at(struct server const *);  /* when an episode ends, unless the shortage is met again */

extern void report_starting(struct server *);
extern void report_status(struct server *);
extern void report_accepted(struct server *, struct client const *, pid_t, uint32_t count);
extern void report_ended(struct server *, pid_t, int status, uint32_t source, uint32_t count);
extern void report_refused(struct server *, struct client const *, uint32_t count);
extern void report_judged(struct server *, struct client const *);
extern void report_unjudged(struct server *, char const *rules, char const *entry, char const *why);
extern void report_unjudged_sum(struct server *);
extern void report_rules_trouble(struct text *, char const *rules, char const *entry, char const *why);
extern void report_unidentified(struct server *, int e);
extern void report_unidentified_sum(struct server *);
extern void report_failure(struct server *, int e);
extern void report_full(struct server *);
extern void report_tick(struct server *, uint64_t now);
extern void report_last(struct server *);

#endif
