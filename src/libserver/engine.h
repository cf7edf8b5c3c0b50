/* The engine, for its own files: the server itself, and what the files of libserver offer each other. No program
   includes it.

   The files, from the bottom up; none calls one that stands after it:
     children, sources, log, launch      tables, the log, the launcher
     part                                the list of parts, and what is asked of all of them
     die                                 the end for a reason
     repeat, report                      lines of the log
     slots, server                       counts clients and sources; what a program may ask
     hold                                keeps a client during a shortage
     refuse                              ends a client that is not served
     reap                                learns which child ended
     serve                               one client: arrive, identify, limits, rules, admit, launch
     accept, listeners                   takes clients from the listeners
     pending, queue                      keep clients that have no program yet
     rules, and each further part        reached by the list only; may call all of the above
     parts                               makes the parts
     resume                              takes what an upgrade brings
     obey, loop                          signals, the loop
     configure, start                    the life before the loop */

#ifndef SALLYPORT_ENGINE_H
#define SALLYPORT_ENGINE_H

#include "clock.h"
#include "counters.h"
#include "part.h"
#include "platform.h"
#include "platform_watch.h"
#include "repeat.h"
#include "server.h"
#include "table.h"

enum
{
  FIRST_OF_PARTS = 2,  /* entries of the poll set before those of the parts: signals, log */
  KILL_AFTER_DEFAULT = 10, /* seconds between SIGTERM and SIGKILL */
  ACCEPT_BURST = 64    /* most clients taken from one listener before signals are looked at */
};

/* What access rules ask for a client. The texts belong to the rules and are copied before the next client is
   judged. */
struct verdict
{
  char const *environment;  /* modification string: see launch_modify() */
  size_t environment_length;
  char const *exec;         /* 0, or an execline script to run in place of the program */
  size_t exec_length;
  int has_max_per_source;   /* the rule has a limit of its own for the clients of one source */
  uint32_t max_per_source;
  int has_rate;             /* likewise for how fast they come, penalties included; it was looked at already */
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
  int error;             /* errno of the latest shortage */
  uint64_t last;         /* the latest shortage: the episode ends when a while has passed since */
};

/* Clients that were accepted before they can be served, from first to count. They come before those of the listeners. */
struct queue
{
  struct part part;
  struct client *all;
  size_t first, count, room;
  unsigned int pauses;  /* server_pause() of the one that fills it, which does not keep them waiting */
};

enum { RECENT = 256 };

/* Signals merge, so that some exits are never announced. With many children alive they are found by
   asking: for the latest ones often, since most that end are young, and for all of them now and then. */
struct sweep
{
  pid_t recent[RECENT];  /* the latest launches, in a ring */
  unsigned int next;
  unsigned int since;      /* launches since the ring was looked at */
  int wanted;              /* an exit may be unknown */
  uint64_t due;            /* microseconds: when all of them may be asked for again */
  uint64_t by_source_due;  /* likewise those of one source */
};

struct server
{
  struct family const *family;
  void *context;              /* of the family */
  struct opts const *opts;
  struct part *parts;
  struct waiting *waiting;        /* clients without a program: see pending.h; 0: no part lets any wait */
  struct platform_watch *watch;   /* their descriptors; 0: none waits */
  struct listener *listeners;
  unsigned int listener_count;
  unsigned int first;         /* the listener that is looked at first in this iteration */
  struct pollfd *poll;        /* signals, log, the parts', then the listeners */
  unsigned int first_listener; /* index in the poll set */
  int signals;
  unsigned int ready_in_a_row;  /* consecutive wake-ups that found clients, at most 7 */
  unsigned int burst;      /* clients to take from a listener at this wake-up: 1 to ACCEPT_BURST */
  unsigned int transient;  /* consecutive errors that accept attributes to one connection only */
  unsigned int pauses;     /* parts that want no new clients now: server_pause() */

  uint32_t max_clients;
  uint32_t max_per_source;
  int refuses_when_full;          /* clients above max_clients are refused; otherwise they wait */
  int unlimited;                  /* no limit was given: max_clients is the engine's ceiling */
  unsigned int prefix4, prefix6;  /* what a source is: see source_of_address() */

  struct launcher launcher;
  struct children children;
  struct sources sources;
  uint32_t clients;       /* slots in use: clients being served */
  struct hold hold;
  struct queue queue;
  struct repeats repeats;
  struct sweep sweep;
  struct counters counters;
  char source_limit_words[32];  /* "source (-C 40)" */
  uint64_t full_logged;   /* when the log last mentioned that the client limit was reached; 0: never */
  struct log log;
  int draining;           /* no new clients after a while, and the end when the last one has gone */
  int closed;             /* the listeners are */
  int state_fd;           /* of an upgrade, until it is read; -1: none */
  int others;             /* children that we have not started may end */
  int leaving;
};

/* ---- part.c: each calls the hooks of that name ---- */

extern void parts_prepare(struct server *, uint64_t *when);
extern void parts_attend(struct server *, int known);
extern void parts_tick(struct server *, uint64_t now);
extern int parts_signal(struct server *, int number);
extern int parts_busy(struct server *);
extern void parts_child_ended(struct server *, struct ended const *);
extern int parts_ended(struct server *, struct ended const *);
extern void parts_adopted(struct server *, struct listener const *);
extern void parts_launched(struct server *, struct client const *, pid_t);
extern void parts_environment(struct server *, struct launch *, struct client const *);
extern void parts_at_exit(struct server *);

/* A part that wants the next clients to wait in the backlog, and the same part when it no longer does. Calls
   must be in pairs. */
extern void server_pause(struct server *);
extern void server_go_on(struct server *);

/* ---- parts.c ---- */

extern void parts_configure(struct server *);

/* ---- report.c: one event each ---- */

extern void report_starting(struct server *);
extern void report_status(struct server *);
extern void report_accepted(struct server *, struct client const *, pid_t, uint32_t count);
extern void report_ended(struct server *, struct ended const *, struct source const *, uint32_t count);
extern void report_refused(struct server *, struct client const *, struct refusal const *);
extern void report_unidentified(struct server *, int e);
extern int report_failure(struct server *, int e);  /* true: the first of this second */
extern void report_full(struct server *);
extern void report_portable(struct server *);  /* the system has refused the quick way to launch */

/* ---- tell.c ---- */

extern void server_tell(struct server const *, pid_t, int number);
extern void server_signal_children(struct server *, int first, int second);  /* second: 0 for none */

/* ---- hold.c ---- */

/* client: the one to keep, or 0. what completes "unable to ...". */
extern void hold_begin(struct server *, struct client const *, char const *what, int e);
extern void hold_ease(struct server *);                       /* the next shortage begins with the shortest delay */
extern int hold_release(struct server *, struct client *);    /* ends the pause; true: here is the client that was kept */
extern int hold_due(struct server *, uint64_t now);           /* true: hold_release() is due */
extern void hold_end(struct server *, uint64_t now);          /* logs the end of an episode that is over */
extern uint64_t hold_appointment(struct server const *);      /* 0: none */

/* ---- refuse.c ---- */

/* Logs (unless r->why is 0), counts, gives its slot back, and closes it. */
extern void server_refuse(struct server *, struct client *, struct refusal const *);
extern void server_only_report(struct server *, struct client *, struct refusal const *);  /* in place of that; once a client */
extern void server_close_client(struct client *);
extern void server_forget_client(struct client *);  /* the same for a connection that another part closes */
extern char const *reason_word(enum reason);

/* ---- reap.c ---- */

extern void server_look_for_others(struct server *);  /* before the first launch */
extern void server_note_launch(struct server *, pid_t);
extern void server_reap(struct server *, pid_t hint);
extern void server_reap_source(struct server *, uint32_t source);
extern void server_sweep(struct server *);

/* ---- serve.c ---- */

/* From here on the client is launched, held, refused or taken by a part. Goes on with the stage that it is in. */
extern void server_serve(struct server *, struct client *);

/* What was held, if it is time for it. */
extern void server_retry(struct server *);

/* ---- slots.c ---- */

/* A slot counts one client in -c and in its source. It is taken at the launch, or earlier by a part that has children of its
   own for a client: client->slot is its source then. Reserve first (-1 with ENOMEM): after that taking cannot
   fail. */
extern int server_reserve_slot(struct server *);
extern void server_take_slot(struct server *, struct client *);
extern uint32_t server_add_slot(struct server *, struct source const *);  /* the same for a client of an upgrade: its slot */
extern void server_release_slot(struct server *, uint32_t slot);
extern int server_is_full(struct server const *);

/* Fills in the source, from the address of the client, or, where that is no IP address, from its user id. */
extern void server_find_source(struct server const *, struct client *);

extern uint32_t server_count_of(struct server const *, struct source const *);

/* ---- queue.c ---- */

extern int queue_has_room(struct server *);  /* for one more; 0 with ENOMEM */
extern void queue_add(struct server *, struct client const *);
extern size_t queue_length(struct server const *);

/* ---- accept.c, obey.c, start.c ---- */

extern int server_wants_clients(struct server const *);
extern void server_accept(struct server *, unsigned int entries);

extern void server_begin_client(struct server *, struct client *, struct listener const *);

/* One client: false if there is none now (a shortage has begun a hold); client->fd is -1 if another try may find one. */
extern int server_accept_one(struct server *, struct listener const *, struct client *, int hung_up);
extern void server_close_listeners(struct server *);
extern void server_obey_signals(struct server *);

#endif
