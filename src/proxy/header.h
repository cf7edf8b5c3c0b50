/* Reading a header from a connection that may be blocking, and not one byte more. */

#ifndef SALLYPORT_HEADER_H
#define SALLYPORT_HEADER_H

#include <stdint.h>

#include "proxy.h"

enum
{
  EXIT_REFUSED = 1,   /* no header, or from a sender that is not trusted */
  EXIT_TRANSPORT = 2  /* a header about datagrams */
};

/* Reads it from fd into `bytes`, which has PROXY_LONGEST of them. Dies: EXIT_REFUSED if it is wrong, 111 if the connection ends or
   breaks, or the deadline passes, before it is complete. */
extern void header_read(struct proxy_header *, char *bytes, int fd, unsigned int accepted, uint64_t deadline);

#endif
