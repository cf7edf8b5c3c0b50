/* The pid file: it holds the id of a living process, or of none. The process that it names keeps a read lock
   on it (fcntl(2)), so that whether the process lives is a question to the kernel, not to the number. */

#ifndef SALLYPORT_PIDFILE_H
#define SALLYPORT_PIDFILE_H

struct pidfile
{
  char const *path;  /* 0: none is wanted */
  int fd;            /* holds the lock */
};

/* Puts our pid into the file, complete from the moment that the file is there, or dies (111): also if a living
   process owns it, naming that one. path 0: does nothing. With `kept` the descriptor, open for
   reading only, stays open in the program that this process becomes. */
extern void pidfile_claim(struct pidfile *, char const *path, int kept);

/* Removes the file, or empties it where it cannot be removed (any more). Leaves a file alone that is not
   ours any more. errno is untouched. */
extern void pidfile_release(struct pidfile *);

#endif
