/* How long the connections of clients have carried nothing (--max-idle). The daemon does not see their data: it asks the kernel, by
   the addresses and the cookie that it noted at the launch. That costs 28 bytes a client (52 with IPv6) and one question
   whenever a client could be due. */

#ifndef SALLYPORT_IDLE_H
#define SALLYPORT_IDLE_H

#include <stdint.h>

#include "platform.h"
#include "state.h"
#include "table.h"

struct idle_table
{
  char *entries;
  size_t size;  /* bytes of one */
  uint32_t count, room;
};

/* The bits of a child's state above its flags are the place of its connection here, until it has been asked to end. */
struct idle
{
  uint32_t limit;               /* milliseconds */
  int fd;                       /* to ask with */
  int works;                    /* some connection has been found: one that is not found has ended */
  struct idle_table tables[2];  /* of IPv4 and IPv6 connections */
};

/* seconds: at most 1000000. Dies (100, 111) where the system cannot provide it. */
extern void idle_start(struct idle *, uint64_t seconds);

/* From now on this is the connection of this child. Short of memory, the child has no limit. */
extern void idle_note(struct idle *, struct child *, struct platform_connection const *, uint64_t now);

/* The connection on fd. Returns false if it is none that the kernel can be asked about. */
extern int idle_connection(struct platform_connection *, int fd);

/* Milliseconds until the child can have been idle for too long: 0 if it has, UINT64_MAX if that is not known of it. */
extern uint64_t idle_left(struct idle *, struct child const *, uint64_t now);

/* A child of this pid and state has ended, or is asked to. */
extern void idle_forget(struct idle *, struct children const *, uint32_t state);

/* Before and after an upgrade: lines that begin with this word, and the rest of one. */
extern void idle_save(struct idle const *, struct state *, char const *word);
extern void idle_resume(struct idle *, struct children const *, char const *values);

#endif
