/* A part: one capability of a daemon beyond accepting, limiting and launching. It is a struct of hooks, each of which may
   be 0, and data of its own. Parts are called in the order in which they were added. */

#ifndef SALLYPORT_PART_H
#define SALLYPORT_PART_H

#include <poll.h>
#include <stdint.h>
#include <sys/types.h>

#include "launch.h"

struct client;
struct refusal;
struct server;
struct state;
struct verdict;

/* What a hook has done with a client. */
struct listener;

enum fate
{
  CLIENT_GOES_ON,
  CLIENT_TAKEN  /* the part has copied or closed it. To go on with a copy: server_serve() */
};

/* A child that has ended. */
struct ended
{
  pid_t pid;
  int status;       /* of waitpid(2) */
  int error;        /* why it never became its program: see launcher_failure(); 0: it did */
  uint32_t source;  /* of a client's child: index in the sources, until `ended` returns */
  uint32_t lasted;  /* of a client's child: milliseconds from its launch, modulo 2^32 */
  uint32_t state;   /* likewise: struct child */
};

struct part
{
  char const *name;          /* also the first word of its lines in the state of an upgrade */
  void *data;                /* for the hooks */
  char const *const *variables;  /* set or removed for each client, besides those of the family; ends with 0. 0: none */
  int const *signals;        /* taken over besides those of the engine; ends with 0. 0: none */
  unsigned int descriptors;  /* entries of the poll set that are its own; fixed when the server begins */

  /* One more listener is there. Dies (100) if the part cannot do with it. */
  void (*adopted)(struct server *, void *data, struct listener const *);

  /* ---- the loop ---- */

  /* Before each wait: sets the fd (-1: none) and the events of its entries, and brings *when forward to its
     next appointment (clock_millis(); see clock_sooner()). */
  void (*prepare)(struct server *, void *data, struct pollfd *, uint64_t *when);

  /* After each wait: its entries, or 0 if nothing is known of them. */
  void (*attend)(struct server *, void *data, struct pollfd const *);

  /* Some appointment of some part is due. */
  void (*tick)(struct server *, void *data, uint64_t now);

  /* Returns true if the engine and the parts after this one are to do nothing about this signal. A SIGCHLD may stand for several
     children: server_reap_child() asks for one. */
  int (*signal)(struct server *, void *data, int number);

  /* A child that serves no client has ended. Returns true if it was its own. */
  int (*child_ended)(struct server *, void *data, struct ended const *);

  /* Whether a drain has to wait for it: clients that it keeps, programs of its own. */
  int (*busy)(struct server *, void *data);

  /* The daemon is about to end, for whatever reason. The log can still be written. */
  void (*at_exit)(struct server *, void *data);

  /* ---- one client, in this order ---- */

  /* It was accepted, and nothing but its fd, listener and remote is known. */
  enum fate (*arrive)(struct server *, void *data, struct client *);

  /* Before the count of its source is looked at. Returns true, and fills the refusal, if the client is not to be
     served, or if that is only to be reported. It may be asked again for a client that was held: what is used up is charged in `launched`. */
  int (*limit)(struct server *, void *data, struct client *, struct refusal *);

  /* Access rules. Fills the verdict, which was zero, and returns 1 if the client may come in (with a refusal that is only to be
     reported, or none), 0 (with the refusal filled) if not,
     -1 with errno where that cannot be found out: unless is_shortage(errno) it has logged why. */
  int (*judge)(struct server *, void *data, struct client const *, struct verdict *, struct refusal *);

  /* It may come in: the last look before the launch. */
  enum fate (*admit)(struct server *, void *data, struct client *);

  /* More variables for its program. */
  void (*environment)(struct server *, void *data, struct launch *, struct client const *);

  void (*launched)(struct server *, void *data, struct client const *, pid_t);

  /* The child of a client has ended. Returns true to keep its slot, until server_release_slot(). */
  int (*ended)(struct server *, void *data, struct ended const *);

  /* It is not served, which is logged and counted. The part that takes it closes it. */
  enum fate (*refused)(struct server *, void *data, struct client *, struct refusal const *);

  /* ---- an upgrade ---- */

  /* Writes what must survive (state.h): each line begins with its name. Returns 0, or why an upgrade is impossible now, in words that
     follow "unable to upgrade: ". */
  char const *(*save)(struct server *, void *data, struct state *);

  /* Takes one such line back, without its first word. */
  void (*resume)(struct server *, void *data, char const *values);

  struct part *next;  /* the engine's */
};

#endif
