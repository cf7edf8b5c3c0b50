/* Building short texts in a buffer of known size. Nothing here allocates, and nothing writes past the
   end: what does not fit is cut, and `cut` is set. */

#ifndef SALLYPORT_TEXT_H
#define SALLYPORT_TEXT_H

#include <stddef.h>
#include <stdint.h>

struct text
{
  char *s;        /* owned by the caller */
  size_t length;  /* bytes written, never more than max */
  size_t max;     /* bytes available at s */
  int cut;        /* something did not fit */
};

#define TEXT_IN(array) { .s = (array), .length = 0, .max = sizeof(array), .cut = 0 }

extern void text_put(struct text *, char const *bytes, size_t length);
extern void text_string(struct text *, char const *);
extern void text_number(struct text *, uint64_t);

/* The same bytes with everything but printable ASCII replaced by '?', so that what a client sends
   cannot forge a log line or drive a terminal. */
extern void text_scrubbed(struct text *, char const *bytes, size_t length);

/* The same with what the text has from that place on. */
extern void text_scrub(struct text *, size_t from);

/* Terminates with a NUL, giving up the last byte if the text is full. Returns s. */
extern char *text_end(struct text *);

#endif
