/* What tcp-socket-connect and udp-socket-connect have in common, which is nearly everything. */

#ifndef SALLYPORT_CONNECT_INET_H
#define SALLYPORT_CONNECT_INET_H

#include <skalibs/gccattributes.h>

/* type: SOCK_STREAM or SOCK_DGRAM; proto: TCP or UDP, in the variables. */
extern void connect_inet(unsigned int program, int type, char const *proto, char const *const *argv) gccattr_noreturn;

#endif
