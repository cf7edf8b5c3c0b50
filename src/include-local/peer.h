/* Who is at the other end of a Unix-domain stream connection. */

#ifndef SALLYPORT_PEER_H
#define SALLYPORT_PEER_H

#include <sys/types.h>

/* The effective ids of the process that connected, as they were then. *pid is 0 where the system does not
   say. -1 with errno. */
extern int peer_identify(int fd, uid_t *uid, gid_t *gid, pid_t *pid);

#endif
