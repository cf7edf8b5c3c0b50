/* Read before every source by ./configure --disable-linux: Linux with all of its own taken away, so that what a
   program does on other systems can be built and tested here.

   Every system header that the project reads is read here first, with what the BSDs have too and no more
   (feature_test_macros(7)); their guards make later requests for GNU names void. Then the names that are there
   in spite of this go away: constants whose use is optional are undefined, so that the source takes its other
   path, and calls are poisoned, so that using one does not compile. */

#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE
#endif
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#undef _DEFAULT_SOURCE

#undef __linux__
#undef __linux
#undef linux
#undef __gnu_linux__

#undef AF_NETLINK
#undef IP_BIND_ADDRESS_NO_PORT
#undef IP_FREEBIND
#undef IP_PKTINFO
#undef IP_TRANSPARENT
#undef IPV6_RECVPKTINFO
#undef MSG_CMSG_CLOEXEC
#undef O_PATH
#undef O_TMPFILE
#undef SCM_CREDENTIALS
#undef SCM_SECURITY
#undef SOCK_CLOEXEC
#undef SOCK_NONBLOCK
#undef SO_BINDTODEVICE
#undef SO_PASSCRED
#undef SO_PASSSEC
#undef SO_PEERCRED
#undef SO_PEERGROUPS
#undef SO_RCVBUFFORCE
#undef SO_SNDBUFFORCE
#undef TCP_DEFER_ACCEPT

#ifdef __GLIBC__  /* what getaddrinfo returns has a name everywhere else */
#define EAI_NODATA (-5)
#define EAI_ADDRFAMILY (-9)
#endif

#pragma GCC poison accept4 clone dup3 epoll_create epoll_create1 epoll_ctl epoll_wait eventfd getresgid getresuid pipe2 ppoll prctl \
  pwritev2 sched_setaffinity setns signalfd splice syscall tee timerfd_create unshare vmsplice \
  MSG_CMSG_CLOEXEC SOCK_CLOEXEC SOCK_NONBLOCK ucred
