/* The protocol of sd_listen_fds(3): listeners from descriptor 3 up, announced by LISTEN_PID, LISTEN_FDS and
   LISTEN_FDNAMES. */

#ifndef SALLYPORT_LISTENFDS_H
#define SALLYPORT_LISTENFDS_H

enum { LISTENFDS_START = 3, LISTENFDS_MAX = 1024 };

/* How many sockets were announced to this process: 0 if LISTEN_PID is absent or names another process.
   -1 with EINVAL if the variables are malformed, EBADF if an announced descriptor is not open, ENOTSOCK if
   it is no socket. */
extern int listenfds_count(void);

/* The same, but dies with words if there are none or they are not right (100). */
extern unsigned int require_listenfds(void);

enum { LISTENFD_NAME_MAX = 255 };

/* A name that LISTEN_FDNAMES can hold: printable ASCII without a colon. */
extern int is_listenfd_name(char const *);

/* Announces `count` sockets to the program that this process becomes, the last of which is new: it gets
   `name` (0: "unknown", if the others have names). Earlier names are kept, and filled up with "unknown".
   Dies (111) without memory. */
extern void listenfds_announce(unsigned int count, char const *name);

/* Takes the announcement back. */
extern void listenfds_retract(void);

#endif
