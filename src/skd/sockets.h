/* The sockets that the command line asks for, bound. */

#ifndef SALLYPORT_SOCKETS_H
#define SALLYPORT_SOCKETS_H

#include <stddef.h>
#include <sys/types.h>

#include "address.h"
#include "opts.h"

struct bound
{
  int fd;             /* close-on-exec */
  int type;           /* SOCK_STREAM: listening; SOCK_DGRAM */
  int announced;      /* its port was left to the system, and is to be announced */
  struct address local;
  dev_t device;       /* of a Unix-domain socket's file */
  ino_t inode;
};

struct sockets
{
  struct bound *all;
  size_t count;
};

/* True if any of these options (SOCKETS...) is given and asks for a socket of this type: SOCK_STREAM, SOCK_DGRAM, or 0 for any. */
#define SOCKETS_LOCAL "lx"
#define SOCKETS_INET "itu"
#define SOCKETS SOCKETS_LOCAL SOCKETS_INET
extern int sockets_wanted(struct opts const *, char const *letters, int type);

/* Binds them all, in the order of the command line, or dies (100, 111). Stream sockets listen. */
extern void sockets_bind(struct sockets *, struct opts const *);

/* Each port that the system chose, and a newline: allocated, or 0 if there is none. */
extern char *sockets_ready(struct sockets const *);

#endif
