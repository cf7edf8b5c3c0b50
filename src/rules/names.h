/* The names in a directory, sorted, so that the same rules always make the same file. */

#ifndef SALLYPORT_NAMES_H
#define SALLYPORT_NAMES_H

#include <stddef.h>

struct names
{
  char **list;
  size_t count;
};

/* All that do not begin with a dot, of the directory open on fd, which is closed. -1 with errno. */
extern int names_read(struct names *, int fd);
extern void names_free(struct names *);

#endif
