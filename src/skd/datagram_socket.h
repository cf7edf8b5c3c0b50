/* A datagram socket that we share with programs: looking into it without taking anything out, and taking it back. */

#ifndef SALLYPORT_DATAGRAM_SOCKET_H
#define SALLYPORT_DATAGRAM_SOCKET_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "address.h"
#include "socket_options.h"

enum { DATAGRAM_STAMP = 16 };  /* bytes */

/* The datagram at the head of a socket's queue. */
struct datagram
{
  struct address sender;                /* length 0 if it has no name */
  struct address target;                /* the address that it was sent to; that of the socket if it is not known */
  pid_t pid;                            /* of a Unix-domain sender; 0 if that is not known */
  uid_t uid;
  gid_t gid;
  size_t length;
  uint64_t sum;                         /* of its first bytes */
  unsigned char stamp[DATAGRAM_STAMP];  /* when it came, as the system writes it: no two are equal. 0 if it does not */
};

struct datagram_socket
{
  int fd;
  struct address local;
  struct socket_options options;  /* as they are to be before each look */
};

/* Begins with a socket that is bound: it is blocking, and gets the credentials of Unix-domain senders, which the
   system notes when a datagram is sent. */
extern void datagram_adopt(struct datagram_socket *, int fd, struct address const *local);

/* Undoes what a program may have done to the socket: it has no peer, and its options are those that
   it began with. Returns 0, or in words what cannot be undone. */
extern char const *datagram_take(struct datagram_socket const *);

enum shut { NOT_SHUT, SHUT_HALF, SHUT_ENTIRELY };

/* Whether a program has shut it down: SHUT_HALF, for reading. A Unix-domain socket is of no use either when it is shut down
   for writing; of an internet socket the system does not show that. */
extern enum shut datagram_shut(struct datagram_socket const *);

/* Puts a new socket with the same address on the descriptor. What waits in the old one is lost. -1 for a Unix-domain socket,
   or if the system refuses it, as for a low port without privileges: then nothing has changed. */
extern int datagram_renew(struct datagram_socket const *);

/* Looks at the first datagram and leaves it there. Takes no descriptor from its sender. -1 with errno: EAGAIN if there is
   none. */
extern int datagram_peek(struct datagram_socket const *, struct datagram *);

/* Closes it for good. If others still have it, its address can be bound again: a Unix-domain socket loses its file, if that
   is still this one. */
extern void datagram_leave(struct datagram_socket *, dev_t, ino_t);

/* True if the second look found the same datagram. Without stamps a sender that repeats itself looks like a datagram
   that was not read. */
extern int datagram_same(struct datagram const *, struct datagram const *);

#endif
