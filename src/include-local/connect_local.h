/* Connecting to a Unix-domain stream socket. */

#ifndef SALLYPORT_CONNECT_LOCAL_H
#define SALLYPORT_CONNECT_LOCAL_H

#include <stdint.h>

/* Connects to `path`, from the path `from` unless that is 0; that one is made, and not removed. Both
   are paths or, with a leading @, abstract names. Returns a blocking, close-on-exec socket, or dies: 100
   (a path that cannot be one), 111. */
extern int connect_local_or_die(char const *path, char const *from, uint64_t deadline);

#endif
