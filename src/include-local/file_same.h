/* Whether two names, or a name and a descriptor, are the same file. */

#ifndef SALLYPORT_FILE_SAME_H
#define SALLYPORT_FILE_SAME_H

#include <sys/stat.h>

static inline int file_is_same(struct stat const *a, struct stat const *b)
{
  return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

#endif
