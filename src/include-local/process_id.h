/* What distinguishes this process from every other one that ever was or will be. */

#ifndef SALLYPORT_PROCESS_ID_H
#define SALLYPORT_PROCESS_ID_H

#include <stdint.h>

/* The number that LISTEN_PIDFDID has for this process: the inode of its pidfd (pidfd_open(2), Linux 6.9 and later). -1
   with errno where the system has no such thing. */
extern int process_id_read(uint64_t *);

#endif
