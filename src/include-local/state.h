/* What survives an upgrade: lines of `word value...` in a file without a name, which the old program writes and the new one
   reads. The first line has the version of the format. A word that the reader does not know is skipped, and what is
   missing keeps its default, so that upgrades and downgrades both work. */

#ifndef SALLYPORT_STATE_H
#define SALLYPORT_STATE_H

#include <stddef.h>
#include <stdint.h>

/* ---- writing ---- */

struct state
{
  char *s;
  size_t length, room;
  int failed;          /* an errno: something did not fit */
  int *descriptors;    /* those that the new program inherits: close-on-exec is off after state_release() */
  size_t count, count_room;
  char **environment;  /* "NAME=value" */
  size_t variables;
};

/* One line: its first word, then its values, each with a blank before it. */
extern void state_word(struct state *, char const *word);
extern void state_number(struct state *, uint64_t);
extern void state_bytes(struct state *, void const *, size_t length);  /* as hexadecimal digits; "-" for none */
extern void state_line(struct state *);

/* A descriptor that the new program is to have, as one more value: its number. */
extern void state_descriptor(struct state *, int fd);

/* The same without a value. */
extern void state_keep(struct state *, int fd);

/* A variable for the new program besides those of our environment, where it is not. */
extern void state_environment(struct state *, char const *name, char const *value);

/* Lets the new program inherit the descriptors, or takes that back. errno is untouched. */
extern void state_release(struct state const *, int inherit);

extern void state_free(struct state *);

/* ---- reading: each takes the next value of a line and moves *values after it. False at the end, or if it is not
   of this kind ---- */

extern int state_take_number(char const **values, uint64_t *);
extern int state_take_bytes(char const **values, void *, size_t max, size_t *length);

/* The same for a descriptor, which is close-on-exec then. */
extern int state_take_descriptor(char const **values, int *fd);

#endif
