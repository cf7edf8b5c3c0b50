/* The options of a datagram socket. They belong to the socket, not to a descriptor: what a program sets stays for the
   next program, and for us, unless it is undone. */

#ifndef SALLYPORT_SOCKET_OPTIONS_H
#define SALLYPORT_SOCKET_OPTIONS_H

#include <stddef.h>
#include <sys/socket.h>

enum { SOCKET_OPTIONS_MAX = 128, SOCKET_OPTION_SIZE = 16 };

struct socket_option
{
  int level;
  int name;
  socklen_t length;                          /* bytes of value; 0: there are none, as IP_OPTIONS usually has */
  unsigned char value[SOCKET_OPTION_SIZE];
};

struct socket_options
{
  int flags;                                 /* of the open file: fcntl(2), F_SETFL */
  size_t count;
  struct socket_option all[SOCKET_OPTIONS_MAX];
};

/* Notes every option that this system has for the socket. */
extern void socket_options_note(struct socket_options *, int fd);

/* Sets back what differs from that, removes a packet filter, and empties the error queue. Returns 0, or, in words, what
   cannot be undone and keeps datagrams away. */
extern char const *socket_options_restore(struct socket_options const *, int fd);

#endif
