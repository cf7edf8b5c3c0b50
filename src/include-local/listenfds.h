/* The protocol of sd_listen_fds(3): listeners from descriptor 3 up, announced by LISTEN_PID, LISTEN_FDS and
   LISTEN_FDNAMES. */

#ifndef SALLYPORT_LISTENFDS_H
#define SALLYPORT_LISTENFDS_H

enum { LISTENFDS_START = 3, LISTENFDS_MAX = 1024 };

/* The names of the protocol. */
enum { LISTENFDS_VARIABLES = 4 };
extern char const *const listenfds_variables[LISTENFDS_VARIABLES];

/* The process that LISTEN_PID and LISTEN_PIDFDID are for. A value that is no number is foreign. */
enum listenfds_owner { LISTENFDS_UNSET, LISTENFDS_OURS, LISTENFDS_FOREIGN };
extern enum listenfds_owner listenfds_owner(void);

/* How many sockets were announced to this process: 0 if none were, or if LISTEN_PID is not ours. -1 with errno: EINVAL
   if LISTEN_FDS is malformed, EBADF if an announced descriptor is not open, ENOTSOCK if it is no socket. */
extern int listenfds_count(void);

/* Words for such an errno, or 0 for another one. */
extern char const *listenfds_problem(int e);

/* The same, but dies with words if there are none or they are not right (100). */
extern unsigned int require_listenfds(void);

enum { LISTENFD_NAME_MAX = 255 };

/* A name that LISTEN_FDNAMES can hold: printable ASCII without a colon. */
extern int is_listenfd_name(char const *);

/* Announces `count` sockets to the program that this process becomes, the last of which is new: it gets
   `name`, or (0) the name that LISTEN_FDNAMES has at its place, or "unknown" if the others have names. Earlier names are
   kept, and filled up with "unknown"; names that no socket has taken yet stay after them, for those to come. Names that
   belong to another process are dropped. Dies (111) without memory. */
extern void listenfds_announce(unsigned int count, char const *name);

/* Takes the announcement back. */
extern void listenfds_retract(void);

#endif
