/* What each source owes: the generic cell rate algorithm (ITU-T I.371) in a table of a fixed size. A client costs its source
   some time, which goes by; a source that owes more than its tolerance has to wait.

   The table never grows and never allocates after the start, whatever comes. An entry has 8 bytes; 8 of them are a set, which is
   one line of the processor's cache, and a keyed hash chooses the set, so that no one outside can aim at one. Where
   a set is full the newcomer takes the place of the entry that owes least. A source that is being limited owes much: a
   flood of new sources displaces its own kind. Where all eight owe more, the newcomer is not recorded. */

#ifndef SALLYPORT_GCRA_H
#define SALLYPORT_GCRA_H

#include <stddef.h>
#include <stdint.h>

#include "address.h"
#include "state.h"

/* Times are in units of a sixteenth of a millisecond. */
enum { GCRA_UNITS = 16000, GCRA_SET = 8 };  /* units in a second; entries in a set */

struct gcra
{
  uint64_t *entries;   /* 24 bits that distinguish sources of a set, 40 bits of time; 0: free */
  size_t sets;         /* a power of two */
  uint64_t secret;
  uint64_t most;       /* units that a source can owe at most */
  int resumed;         /* the secret is that of the program before an upgrade, and its entries are good */
  uint64_t unrecorded; /* how often a source was not recorded for want of room */
};

/* Room for at least so many sources, each of which can owe at most so many seconds (up to 100000). -1 with ENOMEM, or with
   errno of getentropy(3). */
extern int gcra_start(struct gcra *, uint32_t sources, uint32_t most_seconds);

/* now: units since any moment, the same for all calls; it may only grow. */
extern uint64_t gcra_debt(struct gcra const *, struct source const *, uint64_t now);
extern void gcra_charge(struct gcra *, struct source const *, uint64_t now, uint64_t units);

/* Before and after an upgrade: lines that begin with this word, and the rest of one. A table of another size begins empty. */
extern void gcra_save(struct gcra const *, struct state *, char const *word);
extern void gcra_resume(struct gcra *, char const *values);

/* The time now, in units. */
extern uint64_t gcra_now(void);

#endif
