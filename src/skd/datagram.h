/* Datagram services: inetd's "wait". The program gets the socket itself, with the first datagram still in
   it, and nothing is looked at until the program ends. */

#ifndef SALLYPORT_DATAGRAM_H
#define SALLYPORT_DATAGRAM_H

#include <poll.h>
#include <stdint.h>
#include <sys/types.h>

#include "address.h"
#include "server.h"
#include "sockets.h"

/* The datagram at the head of a socket's queue. */
struct datagram
{
  struct address sender;  /* length 0 if it has no name */
  struct address target;  /* the address that it was sent to */
  pid_t pid;              /* of a Unix-domain sender; 0 if that is not known */
  uid_t uid;
  gid_t gid;
  size_t length;
  uint64_t sum;           /* of its first bytes, to tell it from the next one */
};

/* Looks at the first datagram and leaves it there. -1 with errno: EAGAIN if there is none. */
extern int datagram_peek(int fd, struct address const *local, struct datagram *);

extern int datagram_same(struct datagram const *, struct datagram const *);

/* Undoes what a program may have done to the socket: it is blocking, connected to nobody, and gets the
   credentials of Unix-domain senders, which the system notes when a datagram is sent. */
extern void datagram_take(int fd, struct address const *local);

struct datagram_service
{
  int fd;
  struct address local;
  pid_t owner;            /* the program that has the socket; 0: it is ours */
  struct datagram first;  /* what that program was started for */
  uint64_t started;
  uint64_t rest_until;    /* 0: none is needed */
  int in_vain;            /* the last look found nothing, though the system had called */
  uint64_t complained;    /* when the log last said that programs leave their datagram alone; 0: never */
};

struct datagrams
{
  struct datagram_service *all;
  unsigned int count;
  struct server *server;
};

/* Takes the datagram sockets among those bound. */
extern void datagrams_adopt(struct datagrams *, struct sockets const *, struct server *);

/* The log's "starting" lines. */
extern void datagrams_report(struct datagrams const *);

/* For struct part: one entry of the poll set for each socket. */
extern void datagrams_prepare(struct datagrams *, struct pollfd *, uint64_t *when);
extern void datagrams_attend(struct datagrams *, struct pollfd const *, uint64_t now);

/* Returns true if it was a program of theirs. */
extern int datagrams_ended(struct datagrams *, pid_t, int status, int error);

/* True while one of their programs runs. */
extern int datagrams_busy(struct datagrams const *);

/* Asks the system for each program of theirs: signals merge. */
extern void datagrams_reap(struct datagrams *);
extern void datagrams_signal(struct datagrams *, int first, int second);

#endif
