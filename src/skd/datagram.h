/* Datagram services: inetd's "wait". The program gets the socket itself, with the first datagram still in
   it, and nothing is looked at until the program ends. */

#ifndef SALLYPORT_DATAGRAM_H
#define SALLYPORT_DATAGRAM_H

#include <poll.h>
#include <stdint.h>
#include <sys/types.h>

#include "datagram_socket.h"
#include "server.h"
#include "sockets.h"

struct datagram_service
{
  struct datagram_socket socket;
  dev_t device;           /* see struct bound */
  ino_t inode;
  pid_t owner;            /* the program that has the socket; 0: it is ours */
  struct datagram first;  /* what that program was started for */
  uint64_t started;
  uint64_t rest_until;    /* 0: none is needed */
  int in_vain;            /* the last look found nothing, though the system had called */
  uint64_t complained;    /* when the log last had a line about datagrams that are left alone; 0: never */
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

/* The end: programs that still have a socket keep it, and another skd can bind its address. */
extern void datagrams_leave(struct datagrams *);

#endif
