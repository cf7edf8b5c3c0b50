/* Log files, FIFOs and devices: see log_file.h. */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include <skalibs/djbunix.h>

#include "log_file.h"

static char const *reason(int e)
{
  switch (e)
  {
    case ELOOP : return "it is a symbolic link";
    case ENXIO : return "no process reads it";
    default : return strerror(e);
  }
}

/* Also what would overwrite a disk. */
static char const *unfit(int fd)
{
  struct stat st;
  if (fstat(fd, &st) == -1) return strerror(errno);
  return S_ISBLK(st.st_mode) ? "it is a block device" : 0;
}

/* O_NONBLOCK is for the opening alone, which would wait for a FIFO's reader, for a terminal's line, or for another
   process's lease. Programs share this open file, and expect their writes to wait. Appending also where the file was
   emptied first: what several of them write must not overlap. */
int log_file_open(char const *file, char const **why)
{
  int fd = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK, 0644);
  *why = 0;
  if (fd == -1) *why = reason(errno);
  else if (!(*why = unfit(fd)) && ndelay_off(fd) == -1) *why = strerror(errno);
  if (!*why) return fd;
  if (fd != -1) fd_close(fd);
  return -1;
}
