/* -S: a program without a socket, started again whenever it ends. */

#ifndef SALLYPORT_SUPERVISE_H
#define SALLYPORT_SUPERVISE_H

#include <stdint.h>
#include <sys/types.h>

#include "server.h"

struct supervised
{
  int wanted;
  struct server *server;
  char const *file;         /* argv[0] as found in PATH */
  char const *const *argv;
  int out;                  /* the program's stdout: the engine gives its own away */
  pid_t pid;                /* 0: it is not running */
  uint64_t started;
  uint64_t start_at;        /* when to start it; 0: it runs */
  int leaving;              /* it is to end, and we after it */
  uint64_t complained;
};

/* Takes stdout for the program. Dies (111) if that is impossible. */
extern void supervised_prepare(struct supervised *, struct server *, char const *file, char const *const *argv);

extern void supervised_due(struct supervised const *, uint64_t *when);
extern void supervised_tick(struct supervised *, uint64_t now);

/* Returns true if it was the program. */
extern int supervised_ended(struct supervised *, pid_t, int status);

/* Passes a signal on. With `last`, skd leaves when the program has ended. */
extern void supervised_signal(struct supervised *, int number, int last);

#endif
