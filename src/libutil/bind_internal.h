/* Between the files that bind Unix-domain sockets. */

#ifndef SALLYPORT_BIND_INTERNAL_H
#define SALLYPORT_BIND_INTERNAL_H

#include <limits.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "address.h"
#include "bind_local.h"

/* Room for the name of a helper file beside a path that fits in an address. */
#define BIND_NAME_MAX (sizeof(((struct sockaddr_un *)0)->sun_path) + 16)

struct bind_lock
{
  int fd;
  char name[BIND_NAME_MAX];
};

/* DIRECTORY/.NAME and the suffix, for the path DIRECTORY/NAME. */
extern void bind_name(char *name, char const *path, char const *suffix);

/* Waits some seconds for another process that is binding the same path. -1 with errno. */
extern int bind_lock(struct bind_lock *, char const *path);
extern void bind_unlock(struct bind_lock *);

/* What is at a path: 0 nothing; 1 a socket to which nothing is bound any more, described by *st; -1 with
   errno: EADDRINUSE (a socket in use), EEXIST (not a socket), EACCES (not allowed to know)... */
extern int bind_examine(struct stat *st, struct address const *);

/* Gives the file that bind has made its owner and mode. -1 with errno, and *what. */
extern int bind_settle(struct local_settings const *, char const *path, mode_t mode, char const **what);

#endif
