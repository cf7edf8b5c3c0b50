/* The rows of tests/lib/proxy-vectors, where the format is explained. */

#ifndef SALLYPORT_VECTORS_H
#define SALLYPORT_VECTORS_H

#include <stdio.h>

enum { VECTOR_BYTES = 8192 };

struct vector
{
  char number[16];
  char result;            /* A, L, R or W */
  unsigned int accepted;  /* for proxy_parse */
  char client[128];       /* "remote,port,local,port" */
  char bytes[VECTOR_BYTES];
  size_t length;
  size_t bar;             /* where it stands, or 0 */
};

/* NULL unless SALLYPORT_SRC leads to the file. */
extern FILE *vectors_open(void);

/* The next row. Returns 1, 0 at the end, or -1 if it cannot be understood. */
extern int vector_next(struct vector *, FILE *);

#endif
