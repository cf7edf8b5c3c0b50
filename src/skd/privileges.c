/* chroot, then groups, gid, uid: see privileges.h. Entering a root directory takes a right that goes with
   the uid. */

#define _DEFAULT_SOURCE  /* chroot */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "die.h"
#include "file_same.h"
#include "privileges.h"

void privileges_read(struct privileges *p, int wanted, int keep_groups)
{
  memset(p, 0, sizeof *p);
  if (!wanted) return;
  p->wanted = 1;
  identity_ids_from_environment(&p->identity);
  p->identity.keep_groups = keep_groups;
  p->root = getenv("ROOT");
  if (p->root && !p->root[0]) strerr_dieinvalid(EXIT_USAGE, "ROOT");
}

void privileges_prepare(struct privileges *p)
{
  if (!p->root) return;
  p->fd = open(p->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (p->fd == -1) die_system("open the root directory ", p->root);
}

/* No descriptor of the old tree may stay open, and the working directory must be inside the new one: both
   are ways back. */
static void enter(char const *root, int fd)
{
  struct stat wanted, real, parent;
  if (fstat(fd, &wanted) == -1 || fchdir(fd) == -1 || chroot(".") == -1) die_system("enter the root directory ", root);
  close(fd);
  if (chdir("/") == -1 || stat("/", &real) == -1 || stat("..", &parent) == -1) die_system("verify the root directory ", root);
  if (!file_is_same(&real, &wanted) || !file_is_same(&parent, &wanted)) strerr_dief(EXIT_SYSTEM, "the root directory did not become ", root);
}

void privileges_shed(struct privileges const *p)
{
  if (!p->wanted) return;
  if (p->root) enter(p->root, p->fd);
  identity_apply(&p->identity);
}
