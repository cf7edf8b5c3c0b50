/* Where Linux is quicker than POSIX. Each function has a body in platform-linux and one in
   platform-posix with the same contract and the same tests; configure links one of the two as
   libplatform.a. Nothing else in the project asks which system it runs on. */

#ifndef SALLYPORT_PLATFORM_H
#define SALLYPORT_PLATFORM_H

#include <signal.h>
#include <sys/socket.h>
#include <sys/types.h>

#include "address.h"
#include "log_portable.h"
#include "platform_child.h"

/* Accepts one connection: blocking, close-on-exec. The listener is non-blocking. -1 with errno. */
extern int platform_accept(int listener, struct address *remote);

/* A descriptor, close-on-exec, that polls readable when that child of ours has ended; the caller closes it. -1 if the system has
   none, or is short of them. */
extern int platform_child_fd(pid_t);

/* How many processors this process may use. At least 1. */
extern unsigned int platform_processors(void);

/* How many clients wait in the queue of a listener; -1 if the system does not provide it. */
extern int platform_backlog(int listener);

/* A TCP connection as the kernel can be asked about it without its descriptor. Addresses and ports are in network order; an IPv4
   address takes the first of the four words. The cookie differs from that of a later one with the same addresses. */
struct platform_connection
{
  int family;  /* AF_INET or AF_INET6 */
  uint32_t local[4], remote[4], scope, cookie[2];
  uint16_t local_port, remote_port;
};

/* Fills it from a connected socket. 0, or -1 with errno: EAFNOSUPPORT if it is none of TCP over IP. */
extern int platform_connection(int fd, struct platform_connection *);

/* True if this internet socket is one of TCP, and not of Multipath TCP. */
extern int platform_is_tcp(int fd);

/* What to ask with: close-on-exec, non-blocking. -1 with errno: ENOSYS if this system cannot provide it. */
extern int platform_connections_open(void);

/* How long ago the last byte of data came or went, whichever is later; in the beginning, how old the connection is. 0, or -1 with
   errno: ENOENT if there is no such connection (any longer). Never waits. */
extern int platform_connection_idle(int fd, struct platform_connection const *, uint32_t *milliseconds);

/* The signals of `set` as a descriptor that polls readable, close-on-exec. They stay blocked for ever
   where the system allows it. Where it does not, `refused` becomes its reason, else 0: then handlers run, and nothing may be launched
   the quick way. -1 with errno. */
extern int platform_signals_open(sigset_t const *set, int *refused);

struct signal_event
{
  int number;
  pid_t child;  /* for SIGCHLD: one child that changed state, or 0 if the system does not provide it. Signals
                   merge: others may have ended too */
};

/* Reads up to max pending signals. Returns how many, 0 if none. -1 with errno. */
extern int platform_signals_read(int fd, struct signal_event *, unsigned int max);

/* True if orphans become children of this process: it is PID 1, or has asked for it. */
extern int platform_adopts_orphans(void);

/* A file without a name, empty, open for reading and writing, close-on-exec. -1 with errno. */
extern int platform_memory_file(void);

/* Gets ready to write to what fd is now without ever waiting for its reader. The file status flags, which are shared with other
   processes, are not changed: a file that can make us wait is opened a second time. */
extern void platform_log_open(struct platform_log *, int fd);
extern void platform_log_close(struct platform_log *);

/* Returns bytes written; -1 with EAGAIN if the reader is not ready (poll log->fd), with another errno if it is gone or the disk
   is full. Sets may_wait if the system has left no way to write that is sure not to wait. */
extern ssize_t platform_log_write(struct platform_log *, char const *s, size_t length);

/* True if this system can launch quickly at all. Where it cannot, errno is the reason, or 0 if there is nothing
   to log: the platform has no such way, or an instrumenting tool forbids it. */
extern int platform_launch_works(void);

/* Starts a child that becomes its program, with `connection` as its descriptors 0 and 1 and an empty signal mask.
   Does not wait for that. A child that cannot become it because of a shortage, or because the program is being written,
   tries again with nothing but its connection and what the daemon was given: as long as the daemon lives in a shortage, else for
   `patience`. One that gives up leaves the reason in `error` and ends. Returns its pid, or -1 with errno. ENOSYS, EPERM
   and EINVAL mean that the system refuses this way of doing it, and the portable way is to be used from now on. */
extern pid_t platform_launch(struct platform_child *, int connection);

/* Waits until that child has left our memory, at most `milliseconds`. */
extern void platform_launch_wait(struct platform_child *, unsigned int milliseconds);

#endif
