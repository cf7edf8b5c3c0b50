/* Making a bound Unix-domain socket: the one step of the local binders and listeners.

   A path is only replaced if it is a socket to which nothing is bound any more; whatever else is there is
   left as it is. A process that binds through here holds a lock while looking, replacing and listening, so that
   two servers that start at once do not take each other's place: the second one finds the first. The lock
   is the file DIRECTORY/.NAME.binding, there for the time of the binding only; one that a killed process
   left over is taken over and removed by the next process. A replaced socket bears the name
   DIRECTORY/.NAME.replaced until the new one is ready, and gets its place back if that fails. */

#ifndef SALLYPORT_BIND_LOCAL_H
#define SALLYPORT_BIND_LOCAL_H

#include <sys/types.h>

struct local_settings
{
  int type;              /* SOCK_STREAM, SOCK_SEQPACKET or SOCK_DGRAM */
  int backlog;           /* clients that may wait for accept; 0: do not listen */
  int nonblocking;
  int replace;           /* a socket that no process serves may be replaced */
  int has_mode;          /* otherwise 0777 without the bits of the umask */
  mode_t mode;           /* permission bits; no default ACL of the directory adds or takes any */
  uid_t uid;             /* owner of the path, (uid_t)-1: as made */
  gid_t gid;             /* likewise, (gid_t)-1 */
  int pass_credentials;  /* SO_PASSCRED (unix(7)) */
  int pass_security;     /* SO_PASSSEC, likewise */
};

/* A stream socket without any of the extras, which may replace. */
#define LOCAL_SETTINGS { .type = SOCK_STREAM, .replace = 1, .uid = (uid_t)-1, .gid = (gid_t)-1 }

/* Returns the bound socket, not close-on-exec: it is for the next program. Mode and owner are in force
   before anyone can connect or send. Mode and owner mean nothing for `@name`, an abstract name.
   On failure returns -1 with errno, and puts in *what the words for the step that failed, which want the
   path after them: "bind to ". What was there is then as it was. EADDRINUSE: something is bound there, or
   replacing is not wanted; EEXIST: not a socket; EINVAL: an empty path; EBUSY: another process has held
   the lock for some seconds; ENAMETOOLONG, and the errors of bind(2). Not for several threads: the umask is
   changed for a moment. */
extern int bind_local(struct local_settings const *, char const *path, char const **what);

/* The same on descriptor fd, closing what was there, or dies (111) with words. */
extern void bind_local_or_die(int fd, struct local_settings const *, char const *path);

#endif
