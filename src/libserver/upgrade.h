/* Becoming a new version of the daemon: what upgrade.c, upgrade_save.c and resume.c share. */

#ifndef SALLYPORT_UPGRADE_H
#define SALLYPORT_UPGRADE_H

#include "engine.h"
#include "state.h"

/* SALLYPORT_STATE=PID:FD, which is valid for that process only, and which no child inherits. */
#define UPGRADE_VARIABLE "SALLYPORT_STATE"

enum { UPGRADE_FORMAT = 1 };

/* The counters by name. value: in s->counters. Ends with name 0. */
struct counter_name
{
  char const *name;
  size_t offset;
};
extern struct counter_name const counter_names[];

/* ---- upgrade_clients.c ---- */

/* True if the new program can go on with this client: what is known of it can be written down. */
extern int upgrade_passes_on(struct client const *);

extern void upgrade_save_clients(struct server *, struct state *);

/* Lines of that: FD LISTENER, and for one that came with a PROXY header all that is known of it. */
extern void upgrade_take_client(struct server *, char const *values);
extern void upgrade_take_passed(struct server *, char const *values);

/* ---- upgrade_save.c ---- */

/* Writes everything. Returns 0, or why that is impossible. */
extern char const *upgrade_save(struct server *, struct state *);

/* Becomes the file. Returns only if that fails: why. */
extern char const *upgrade_execute(struct server *, char const *file, struct state *);

/* The file of the new program, from malloc: that of the name by which we were called, if that is a path, since it may be a link
   to the current version. Never the file that we are, which may be gone. 0 with errno. */
extern char *upgrade_find_file(struct opts const *);

/* The new program would end where the program for the clients is missing. False with errno. */
extern int upgrade_can_execute(char const *prog);

/* In a child: becomes FILE --version, which prints nothing. It does not return. */
extern void upgrade_ask_version(char const *file);

#endif
