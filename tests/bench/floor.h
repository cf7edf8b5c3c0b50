/* What the floors share: the least that a server can do for each connection, written with and without waiting for the child's execve. */

#ifndef BENCH_FLOOR_H
#define BENCH_FLOOR_H

/* A listening socket on the address; ends the program with a message otherwise. */
extern int floor_listen(char const *prog, char const *address, int share);

/* Ends the program with the system's reason. */
extern void floor_die(char const *prog, char const *what);

/* No process to be had just now (EAGAIN, ENOMEM): waits a millisecond. Any other errno ends the program. */
extern void floor_wait_for_process(char const *prog, char const *what);

/* In the child: connection on 0 and 1, then prog. Async-signal-safe, touches no memory but its stack. Does not return. */
extern void floor_exec(int connection, char *const *prog, char *const *envp);

#endif
