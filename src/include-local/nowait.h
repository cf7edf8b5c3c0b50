/* One end of a copy: reading and writing that never waits, on descriptors that other processes may share.
   O_NONBLOCK belongs to the open file, not to the descriptor: a terminal left with it makes other
   programs fail. So it is not used where there is another way, and taken back where there is none. */

#ifndef SALLYPORT_NOWAIT_H
#define SALLYPORT_NOWAIT_H

#include <stddef.h>
#include <sys/types.h>

enum nowait_kind
{
  NOWAIT_SOCKET,   /* each call asks not to wait */
  NOWAIT_PRIVATE,  /* a pipe that was opened again: its flags are ours alone */
  NOWAIT_PLAIN,    /* a file that never makes its users wait */
  NOWAIT_SHARED,   /* O_NONBLOCK is borrowed */
  NOWAIT_POLLED    /* poll(2) is asked first */
};

struct nowait
{
  int fd;        /* -1 once closed */
  int is_input;
  enum nowait_kind kind;
  int messages;  /* a socket whose messages may be empty without meaning the end */
  int borrowed;  /* O_NONBLOCK is to be taken back */
};

/* Takes an open descriptor. Returns 0, or -1 with errno. */
extern int nowait_open(struct nowait *, int fd, int is_input);

/* The same, but no flag is ever borrowed: where there is no other way, poll(2) is asked before each call. Then another
   process that takes what poll(2) saw can make a call wait. */
extern int nowait_open_polled(struct nowait *, int fd, int is_input);

/* As read(2) and write(2), but never waiting: -1 with EAGAIN. */
extern ssize_t nowait_read(struct nowait *, char *, size_t);
extern ssize_t nowait_write(struct nowait *, char const *, size_t);

/* Sets O_NONBLOCK where it has to be, and takes it back. Both may be called any number of times. */
extern void nowait_borrow(struct nowait *);
extern void nowait_give_back(struct nowait *);

/* Ends the use: what the flags were they are again, a socket is shut down in this direction, and the
   descriptor is closed. */
extern void nowait_close(struct nowait *);

#endif
