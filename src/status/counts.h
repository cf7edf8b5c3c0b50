/* What one daemon counts, as it was read from its status socket. */

#ifndef SALLYPORT_COUNTS_H
#define SALLYPORT_COUNTS_H

#include <stddef.h>
#include <stdint.h>

enum { COUNTS_MAX = 65536 };  /* bytes that are read */

struct sample
{
  char const *name;    /* without "sallyport_" */
  char const *labels;  /* between the braces; "" if there are none */
  char const *value;
};

struct family_lines
{
  char const *name;    /* without "sallyport_" */
  char const *help;
  char const *type;
};

struct counts
{
  char const *service;  /* what to call it */
  char const *path;
  int error;            /* errno: nothing answers there; 0: the rest is known */
  char text[COUNTS_MAX + 1];
  struct sample *samples;
  size_t count;
  struct family_lines *families;
  size_t family_count;
};

/* Connects to the socket and reads what there is, for at most so many milliseconds. Sets error where that fails. Dies (111) only
   for want of memory. What is not in the expected format is left out. */
extern void counts_read(struct counts *, char const *path, uint64_t milliseconds);

/* The value of a sample, cut to a whole number; 0 if there is none. labels: all of them, or 0 for any. */
extern uint64_t counts_number(struct counts const *, char const *name, char const *labels);

/* The value of a label of a sample, copied into `to`; "" if it has none. Returns `to`. */
extern char *sample_label(struct sample const *, char const *label, char *to, size_t size);

/* In what state the service is: one word or two. */
extern char const *counts_state(struct counts const *);

/* True if a new client would be served now. */
extern int counts_accepting(struct counts const *);

#endif
