/* Where a server of the benchmark listens: tcp:IPV4:PORT, tcp:[IPV6]:PORT or unix:PATH. */

#ifndef BENCH_ADDRESS_H
#define BENCH_ADDRESS_H

#include <sys/socket.h>

struct address
{
  int family;
  socklen_t len;
  struct sockaddr_storage where;
};

/* Returns 0, or -1 with errno EINVAL when the text is not an address. */
extern int address_parse(struct address *, char const *text);

/* Returns a blocking, close-on-exec listening socket that the caller closes, or -1 and errno.
   A Unix-domain path must not exist yet. With share, several processes may listen on one TCP port. */
extern int address_listen(struct address const *, int backlog, int share);

/* Returns a non-blocking, close-on-exec socket whose connection is under way or made, or -1 and errno.
   source: 0 leaves the choice to the kernel; n > 0 connects over IPv4 from the n-th address of
   127.1.0.0/16 upwards, so that many clients never run out of ports. */
extern int address_connect(struct address const *, unsigned int source);

#endif
