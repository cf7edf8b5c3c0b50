/* The engine: one accept loop for every daemon. This is what a daemon sees of it: a daemon is an option table, a
   `struct family`, which knows who a client is, and a main(). */

#ifndef SALLYPORT_SERVER_H
#define SALLYPORT_SERVER_H

#include <stdint.h>
#include <sys/types.h>

#include <skalibs/gccattributes.h>

#include "address.h"
#include "launch.h"
#include "log.h"
#include "opts.h"

struct between;
struct part;
struct server;
struct via;

struct listener
{
  int fd;
  struct address local;
  int specific;  /* bound to one address: every connection has it as its own */
  int packets;   /* SOCK_SEQPACKET: what is not received of a packet is lost */
};

/* How far a client has come: it is never asked the same question twice. */
enum stage
{
  STAGE_ARRIVING,  /* the parts' `arrive` comes next */
  STAGE_ARRIVED,   /* identify, limits and rules come next */
  STAGE_ADMITTED   /* the parts' `admit` have had it too: the launch comes next */
};

struct client
{
  int fd;             /* ours until launched or refused */
  enum stage stage;
  struct part *next;  /* the part that goes on with this stage */
  int identified;     /* the addresses, ids and the source are known */
  int exempt;         /* from rates, penalties and the limit of its source */
  int reported;       /* as one that is only reported in place of refused */
  uint32_t slot;      /* the source in which it is counted already, or SOURCE_NONE */
  struct listener const *listener;
  struct address remote;
  struct source source;
  /* Unix-domain clients, where credentials are looked up; otherwise (uid_t)-1, (gid_t)-1, 0. */
  uid_t uid;
  gid_t gid;
  pid_t pid;
  struct via *via;  /* allocated; it came through a sender of PROXY headers, whose remote and local address are there: see via.h */
  char const *facts;    /* what TLS knows of it: NAME=value, each with its NUL, and an empty one; 0: nothing. Borrowed from the part between */
  struct platform_connection *connection;  /* allocated: what the kernel knows of it, where fd is no longer the connection itself; or 0 */
  struct address local;  /* the last member: of a client that waits, and is neither identified nor has a via, it is not stored */
};

enum judged_by
{
  JUDGED_BY_ADDRESS,  /* rules ip4/, ip6/ */
  JUDGED_BY_IDS       /* rules uid/, gid/ */
};

enum
{
  CLIENTS_CEILING = 1000000,  /* where the engine ends */
  CLIENTS_DEFAULT = 40,
  PER_SOURCE_DEFAULT = 40,
  PREFIX4_DEFAULT = 32,
  PREFIX6_DEFAULT = 64
};

/* The options of the two limits, which are not called the same everywhere. */
struct limit_options
{
  char const *clients;        /* long names */
  char const *per_source;
  uint32_t clients_absent;    /* without the option */
  uint32_t per_source_absent; /* 0: the client limit */
};

/* Who the clients of a daemon are. `context` is what the daemon gave to server_new(). */
struct family
{
  char const *accepted;          /* the log's word for a launched client: "accept" */
  char const *const *variables;  /* every variable set or removed for a client; ends with 0 */
  struct limit_options limits;
  enum judged_by judged_by;      /* where the daemon offers access rules */
  struct between const *between; /* a process of our own between client and program: see between.h; 0: none */
  int anonymous;                 /* all clients are one source, which has no limit of its own */

  /* Completes client from its fd, listener and remote: local address, ids. -1 with errno if that cannot be
     known: the client is held in a shortage, and refused with a warning for any other cause. */
  int (*identify)(void *context, struct client *);

  void (*put_client)(struct text *, struct client const *);      /* for the log */
  void (*put_listener)(struct text *, struct listener const *);  /* for "starting" */

  /* The status socket, if the daemon has opened it already: -1 if there is none. 0: it has not. */
  int (*status_fd)(void *context);

  /* Sets the variables of one client; count includes it. */
  void (*environment)(struct launch *, void *context, struct client const *, uint32_t count);
};

/* Reads every option of the engine that the program's table offers (daemon_opts.h), starts the log, and makes the
   parts that were asked for. Dies (100, 111). There is one server in a process, and it is never freed. */
extern struct server *server_new(struct family const *, void *context, struct opts const *);

/* Takes a listening socket: dies (100) if it is none, makes it non-blocking and close-on-exec. */
extern void server_adopt(struct server *, int fd);

/* Takes every socket announced by LISTEN_PID and LISTEN_FDS; dies (100, 111) if that is not true. */
extern void server_adopt_announced(struct server *);

extern unsigned int server_listeners(struct server const *);
extern struct listener const *server_listener(struct server const *, unsigned int number);

/* Finds the program to launch for each client, or dies (127, 126). */
extern void server_program(struct server *, char const *const *argv);

/* Makes 0, 1 and 2 safe, takes signals over, logs the start, and, if `ready` is not 0, writes it to stdout. */
extern void server_begin(struct server *, char const *ready);

/* Serves until a signal or a part ends it. Returns the exit code. */
extern int server_run(struct server *);

/* ---- for a daemon that has parts of its own: see part.h ---- */

/* A part of the engine comes last; one of the program first, so that it can take signals from the others. */
extern void server_add_part(struct server *, struct part *);
extern void server_add_part_first(struct server *, struct part *);
extern struct log *server_log(struct server *);
extern struct launcher *server_launcher(struct server *);

/* Makes server_run() return. */
extern void server_leave(struct server *);

/* True from the moment when the listeners are closed because the daemon drains: nothing new may be begun. */
extern int server_is_closed(struct server const *);

/* Asks the system for one child: signals merge. */
extern void server_reap_child(struct server *, pid_t);

/* "PROG: fatal: unable to WHAT: reason of e" (0: without a reason), after the parts' at_exit. Exit code 111. */
extern void server_die(struct server *, char const *what, int e) gccattr_noreturn;

#endif
