/* One end of a copy: reading and writing that never waits, on descriptors that other processes may share.
   O_NONBLOCK belongs to the open file, not to the descriptor: a terminal left with it makes other
   programs fail. So it is not used where there is another way, and taken back where there is none. */

#ifndef SALLYPORT_ENDPOINT_H
#define SALLYPORT_ENDPOINT_H

#include <stddef.h>
#include <sys/types.h>

enum endpoint_kind
{
  ENDPOINT_SOCKET,   /* each call says that it will not wait */
  ENDPOINT_PRIVATE,  /* a pipe that was opened again: its flags are ours alone */
  ENDPOINT_PLAIN,    /* a file that never makes anybody wait */
  ENDPOINT_SHARED    /* O_NONBLOCK is borrowed */
};

struct endpoint
{
  int fd;        /* -1 once closed */
  int is_input;
  enum endpoint_kind kind;
  int messages;  /* a socket whose messages may be empty without meaning the end */
  int borrowed;  /* O_NONBLOCK is to be taken back */
};

/* Takes an open descriptor. Returns 0, or -1 with errno. */
extern int endpoint_open(struct endpoint *, int fd, int is_input);

/* As read(2) and write(2), but never waiting: -1 with EAGAIN. */
extern ssize_t endpoint_read(struct endpoint *, char *, size_t);
extern ssize_t endpoint_write(struct endpoint *, char const *, size_t);

/* Sets O_NONBLOCK where it has to be, and takes it back. Both may be called any number of times. */
extern void endpoint_borrow(struct endpoint *);
extern void endpoint_give_back(struct endpoint *);

/* Ends the use: what the flags were they are again, a socket is shut down in this direction, and the
   descriptor is closed. */
extern void endpoint_close(struct endpoint *);

#endif
