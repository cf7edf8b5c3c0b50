/* The processes between clients and programs, one crossing each, by number: see between.h.

   A crossing is known by the socket while its process is busy with the client, then by the two process ids; the
   client's slot is free again when both have ended. */

#ifndef SALLYPORT_CROSSINGS_H
#define SALLYPORT_CROSSINGS_H

#include "between.h"
#include "part.h"
#include "pending.h"
#include "table.h"

#define NOBODY UINT32_MAX  /* no number */

struct crossing
{
  uint32_t next_free;
  pid_t process;      /* 0: it has ended */
  pid_t program;      /* 0: not launched yet, or it has ended */
  int fd;             /* the program's end while it is ours, or -1 */
  int waits;          /* the process has not reported yet */
  int keeps_slot;     /* the program has ended, the process not yet */
  uint32_t slot;
  size_t got;         /* bytes of the report, its head included */
  struct between_report head;
  char *bytes;        /* allocated when the head is known */
};

struct crossings
{
  struct part part;
  struct between const *between;
  struct pending_kind kind;
  struct pending_queue *queue;
  struct crossing *all;    /* by number */
  uint32_t room;
  uint32_t first_free;     /* NOBODY: none; the others follow by next_free */
  uint32_t *by_fd;         /* numbers, NOBODY where there is none */
  size_t fds;
  struct children pids;    /* of processes and programs; their state is the number */
};

/* The one whose socket this is. */
extern uint32_t crossing_number(struct crossings const *, int fd);        /* NOBODY: none */
extern struct crossing *crossing_of_fd(struct crossings const *, int fd); /* 0: none */

/* The number of a new one; fd: -1 if its socket is not ours any more. NOBODY, with ENOMEM. */
extern uint32_t crossing_new(struct crossings *, int fd);
extern void crossing_free(struct crossings *, uint32_t);

/* The socket is no longer ours. */
extern void crossing_leave_fd(struct crossings *, uint32_t);

/* By process id, of the process or of the program. -1 with ENOMEM. */
extern int crossing_add_pid(struct crossings *, pid_t, uint32_t);

/* ---- crossing_state.c: an upgrade, see part.h ---- */

extern char const *crossings_save(struct server *, void *crossings, struct state *);
extern void crossings_resume(struct server *, void *crossings, char const *values);

/* ---- crossing_report.c ---- */

/* For the queue of those that have not reported yet. */
extern void crossing_ready(struct server *, void *crossings, struct pending *);
extern void crossing_over(struct server *, void *crossings, struct pending *, enum pending_end);

#endif
