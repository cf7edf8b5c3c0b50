/* Giving a datagram socket up that programs may still have: see datagram_socket.h. */

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <skalibs/djbunix.h>

#include "datagram_socket.h"
#include "local_address.h"

/* A socket without owners refuses the connection; the next server that binds there replaces its file. */
static int is_alive(struct address const *a)
{
  int fd = socket(AF_UNIX, SOCK_DGRAM, 0), alive;
  if (fd == -1) return 0;
  alive = connect(fd, &a->sa.any, a->length) == 0;
  fd_close(fd);
  return alive;
}

static void remove_file(struct address const *a, dev_t device, ino_t inode)
{
  struct stat st;
  if (local_is_abstract(a) || !is_alive(a)) return;
  if (lstat(a->sa.un.sun_path, &st) == -1 || st.st_dev != device || st.st_ino != inode) return;
  unlink(a->sa.un.sun_path);
}

void datagram_leave(struct datagram_socket *s, dev_t device, ino_t inode)
{
  int on = 1;
  int local = s->local.sa.any.sa_family == AF_UNIX;
  if (!local) setsockopt(s->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  fd_close(s->fd);
  if (local) remove_file(&s->local, device, inode);
}
