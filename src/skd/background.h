/* -B: a daemon in a session of its own, and a parent that waits until the daemon is ready. */

#ifndef SALLYPORT_BACKGROUND_H
#define SALLYPORT_BACKGROUND_H

struct background
{
  int wanted;
  int fd;        /* what the parent listens to; close-on-exec */
  int messages;  /* stderr as it was: where a program that cannot be executed is reported */
};

/* Forks. Returns in the daemon; the parent waits, and exits as the daemon's start ended: 0 when it is
   ready, or else with its exit code (111 if it had none). Does nothing if it is not wanted. */
extern void background_start(struct background *, int wanted);

/* A new session: from here on no terminal can signal us. stdin and stdout become /dev/null if they are
   terminals; stdin also if `unused`. */
extern void background_detach(struct background const *, int unused);

/* The parent may exit now. */
extern void background_ready(struct background *);

/* The same for a process that becomes another program: the parent exits 0 when execve has succeeded. After
   background_cannot_execute(), which restores stderr, it exits as we do. */
extern void background_executing(struct background const *);
extern void background_cannot_execute(struct background const *);

#endif
