/* Hash tables of the engine: the children alive, and the sources that have any. Constant time whatever
   their number; memory grows in steps of a third or more and is then reused, so the steady state allocates nothing. */

#ifndef SALLYPORT_TABLE_H
#define SALLYPORT_TABLE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "address.h"

enum { SOURCE_NONE = UINT32_MAX };

/* Zeroed memory straight from the system, and back to it: a table that has grown leaves nothing over,
   where an allocator would keep the smaller ones in its heap. 0 with ENOMEM. */
extern void *table_memory(size_t bytes);
extern void table_release(void *, size_t bytes);  /* nothing for 0 */

/* A hash of a source under a secret: clients choose their addresses, and without it could choose collisions. */
extern uint64_t source_hash(struct source const *, uint64_t secret);

struct child
{
  pid_t pid;        /* 0: free place */
  uint32_t source;  /* index in the sources; SOURCE_NONE if it counts for none */
  uint32_t start;   /* clock_millis() modulo 2^32 */
  uint32_t state;   /* bits of enum child_state */
};

enum { CHILD_FLAG_BITS = 8 };  /* flags of a child's state; the bits above are the business of the part that ends sessions */

enum child_state
{
  CHILD_TOLD_TERM = 1,  /* by the part that ends sessions */
  CHILD_TOLD_KILL = 2,
  CHILD_EXEMPT = 4      /* its client was */
};

/* Open addressing, linear probing, at most three quarters full; at least half when it has just grown. */
struct children
{
  struct child *places;
  size_t room;  /* power of two, one and a half times one, or 0 */
  size_t count;
};

/* Room for one more: after that children_add cannot fail. -1 with ENOMEM. */
extern int children_reserve(struct children *);
extern struct child *children_add(struct children *, pid_t, uint32_t source, uint32_t start);  /* good until the next one comes or goes */
extern struct child *children_find(struct children const *, pid_t);
extern void children_remove(struct children *, struct child *);

struct source_entry
{
  struct source source;
  uint32_t count;  /* children alive; 0: free entry */
  uint32_t next;   /* of the free entries */
};

/* Entries keep their index while they live, so that a child can refer to one; `index` finds them. */
struct sources
{
  struct source_entry *entries;
  uint32_t *index;      /* entry number + 1, 0: free; at most half full */
  size_t room;          /* of the index: power of two, or 0; half as many entries */
  size_t used;          /* entries ever used */
  size_t live;
  uint32_t free;        /* first free entry + 1, or 0 */
  uint64_t secret;      /* clients choose their addresses: without it they could choose collisions */
};

extern void sources_start(struct sources *);

/* Room for one more source. -1 with ENOMEM. */
extern int sources_reserve(struct sources *);

/* The entry of a source, or SOURCE_NONE. */
extern uint32_t sources_find(struct sources const *, struct source const *);

/* Counts one more child of the source; returns its entry. After sources_reserve it cannot fail. */
extern uint32_t sources_add(struct sources *, struct source const *);

/* Counts one child less; returns how many remain. */
extern uint32_t sources_remove(struct sources *, uint32_t entry);

#endif
