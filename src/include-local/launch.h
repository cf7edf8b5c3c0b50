/* Starting one program for each client, with the work that does not depend on the client done once:
   the program is looked up at start, the inherited environment is laid out once, and a launch fills in
   its own variables before it. A launcher belongs to one thread. */

#ifndef SALLYPORT_LAUNCH_H
#define SALLYPORT_LAUNCH_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "platform_child.h"
#include "text.h"

enum
{
  LAUNCH_SLOTS = 64,        /* launches that may be on their way to execve at once */
  LAUNCH_VARIABLES = 48,    /* variables of one client */
  LAUNCH_STRINGS = 10240,   /* bytes they may take */
  LAUNCH_STACK = 4096,      /* bytes: the child calls nothing but the kernel */
  LAUNCH_PATIENCE = 60000   /* milliseconds that a client waits for a program that is being written */
};

struct launcher;

struct launch
{
  struct platform_child child;
  pid_t pid;
  int owed;                  /* a connection that is closed once the child has a copy; -1: none */
  struct launcher *launcher;
  char const **first;        /* the environment of this child begins here, in table or merged */
  char const **table;        /* LAUNCH_VARIABLES places, then the inherited environment */
  char const **merged;       /* made only for environment modifications; grows, never shrinks */
  size_t merged_room;
  char *modifications;
  size_t modifications_room;
  char *script;              /* made only for rules that bring their own program */
  size_t script_room;
  char const *script_argv[4];
  struct text strings;
  char space[LAUNCH_STRINGS];
  char stack[LAUNCH_STACK] __attribute__((aligned(16)));
};

struct launcher
{
  char const *const *argv;       /* borrowed */
  char *file;                    /* argv[0] as found in PATH */
  char const **inherited;        /* the environment without the variables that belong to us */
  size_t inherited_count;
  struct launch *slots[LAUNCH_SLOTS];
  unsigned int count;            /* slots made so far */
  unsigned int next;             /* where to look for a free one */
  unsigned int usual;            /* so many launches may be on their way before the next one waits for its turn */
  unsigned int at_once;          /* the same for now: more while launches take long */
  struct launch *latest;         /* the one that was launched last */
  char *execlineb;               /* found when the first rule wants it */
  char const *failed;            /* for the log: what the latest failure was about */
  int portable;                  /* use posix_spawn */
  int refused;                   /* errno with which the system has just refused the quick way; the function that logs it sets it to 0 */
  int own_groups;                /* each child leads a process group of its own */
  unsigned int patience;         /* LAUNCH_PATIENCE */
  int in_vain;                   /* a client has waited so long in vain, and no launch has succeeded since */
  uint64_t written_since;        /* the portable way: when the program was first found being written; 0: it is not */
  uint32_t news;                 /* some child has begun to wait */
  int descriptors;               /* ours are below this number */
  unsigned int kept;             /* descriptors that launcher_keep() has seen and launcher_kept() not yet */
  int apart;                     /* descriptors from this number up are none that a child needs; 0: not known yet; -1: that cannot be known */
  int sure;                      /* the system knows how to copy those below alone */
  unsigned int owing;            /* connections that launcher_release() has left open */
};

/* `ours` lists, ending with 0, the variables that are set or removed for each client: inherited ones of
   that name are left out. Finds the program. Returns 0, or -1 with errno: ENOENT, EACCES... (argv[0]
   cannot be executed) or ENOMEM. */
extern int launcher_start(struct launcher *, char const *const *argv, char const *const *envp, char const *const *ours, int portable);

/* From now on with posix_spawn; `e` is the reason to log, or 0. */
extern void launcher_go_portable(struct launcher *, int e);

/* Looks for the program again, after it has vanished. What is known of it is kept until it is found. */
extern void launcher_search(struct launcher *);

/* Begins a launch. 0 with errno: EAGAIN if LAUNCH_SLOTS launches are still on their way, ENOMEM, or what the child of an
   earlier launch waits for. */
extern struct launch *launcher_slot(struct launcher *);

/* NAME=value for this child. What does not fit is cut (values from clients are bounded by the kernel). */
extern void launch_set(struct launch *, char const *name, char const *value);
extern void launch_set_number(struct launch *, char const *name, uint64_t value);

/* For values that are built in place: begin, then add to the text, then end. */
extern struct text *launch_begin(struct launch *, char const *name);
extern void launch_end(struct launch *);

/* Applies a modification string ("NAME=value\0" sets, "NAME\0" removes), which may also touch inherited
   variables. Call it after all launch_set calls. Copies it. -1 with ENOMEM. */
extern int launch_modify(struct launch *, char const *modifications, size_t length);

/* Makes this child run an execline script, by execlineb, in place of the program. Copies it. -1 with
   ENOMEM, or the reason why execlineb cannot be run. */
extern int launch_script(struct launch *, char const *script, size_t length);

/* Runs the child. `connection` becomes its fds 0 and 1; the caller still owns its own copy. Returns the
   pid, or -1 with errno: EAGAIN, ENOMEM... is a shortage, and the slot stays as it is for
   another try; anything else means that this program cannot be run. */
extern pid_t launcher_go(struct launcher *, struct launch *, int connection);

/* Thousands of clients that wait, or whose connection is to be ended gently, are thousands of descriptors in the daemon. The
   kernel would copy them all for each child, and close them all in it. Beyond a few they move to high numbers, and a child copies
   the low ones alone. launcher_keep() records that fd is kept for a client from now on, and returns its number, which may
   be a new one; launcher_kept(), that one of them is kept no longer. Both know only how many there are. */
extern int launcher_keep(struct launcher *, int fd);
extern void launcher_kept(struct launcher *);

/* No descriptor gets another number from now on: a part knows connections by theirs, or children cannot copy the low ones alone. */
extern void launcher_leave_numbers(struct launcher *);

/* True if children copy the low descriptors alone. */
extern int launcher_is_crowded(struct launcher const *);

/* Brings a connection back to a low number for its launch. Returns its number. Short of descriptors, it stays where
   it is, and its child copies all of them. */
extern int launcher_bring(struct launcher *, int fd);

/* Runs once the caller needs the connection of its latest launch no longer, in place of close(): a child that shares our
   descriptors still, because it had no processor so far, makes its copy first. */
extern void launcher_release(struct launcher *, int connection);

/* Closes those connections that can be closed by now. True if some must stay open a little longer. */
extern int launcher_settle(struct launcher *);

/* True if this errno means that waiting may help. */
extern int is_shortage(int e);

/* The same for a launch that has just failed: a program that is being written is waited for with patience, which
   ends. */
extern int launcher_may_wait(struct launcher *, int e);

/* What a child waits for before it becomes its program (an errno of is_shortage()), or 0: none does. A SIGCHLD comes
   when one begins to. */
extern int launcher_waits(struct launcher *);

/* True if no child of ours is on its way to its program. */
extern int launcher_is_idle(struct launcher const *);

/* Why the child `pid`, which ended with `status` (of wait), never became the program: an errno, or 0. */
extern int launcher_failure(struct launcher *, pid_t pid, int status);

/* The part of launcher_go that both twins have: posix_spawn, with the same result. */
extern pid_t launch_portably(struct launch *, int connection);

#endif
