/* Sends one datagram to a Unix-domain path, with as many descriptors of a file, open for reading, as may go with it. */

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

enum { COUNT = 253 };  /* unix(7), SCM_MAX_FD */

int main(int argc, char **argv)
{
  static union { struct cmsghdr align; char bytes[CMSG_SPACE(COUNT * sizeof(int))]; } control;
  struct sockaddr_un to = { .sun_family = AF_UNIX };
  struct iovec v = { "x", 1 };
  struct msghdr m = { .msg_name = &to, .msg_namelen = sizeof to, .msg_iov = &v, .msg_iovlen = 1, .msg_control = &control,
    .msg_controllen = sizeof control };
  struct cmsghdr *c = CMSG_FIRSTHDR(&m);
  int from = socket(AF_UNIX, SOCK_DGRAM, 0), fd, i = 0;
  if (argc != 3 || strlen(argv[1]) >= sizeof to.sun_path) return 100;
  strcpy(to.sun_path, argv[1]);
  fd = open(argv[2], O_RDONLY);
  c->cmsg_level = SOL_SOCKET;
  c->cmsg_type = SCM_RIGHTS;
  c->cmsg_len = CMSG_LEN(COUNT * sizeof(int));
  for (; i < COUNT; i++) memcpy(CMSG_DATA(c) + (size_t)i * sizeof fd, &fd, sizeof fd);
  return fd == -1 || sendmsg(from, &m, 0) != 1;
}
