/* The backlog of a program that listens in any case. */

#ifndef SALLYPORT_BACKLOG_H
#define SALLYPORT_BACKLOG_H

#include "opts.h"

enum { DEFAULT_BACKLOG = 5 };

/* 0 would mean to the binders that they should not listen. */
static inline int backlog_read(struct opts const *o)
{
  int n = (int)opts_number(o, "backlog", DEFAULT_BACKLOG);
  return n ? n : 1;
}

#endif
