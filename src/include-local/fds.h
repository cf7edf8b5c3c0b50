/* File descriptors at start-up. */

#ifndef SALLYPORT_FDS_H
#define SALLYPORT_FDS_H

#include <stddef.h>

/* True if fd is open. errno is untouched. */
extern int fd_is_open(int fd);

/* Makes sure that 0, 1 and 2 are open, so that nothing we open later can become a standard stream.
   A closed one becomes /dev/null, or, where there is none (an empty chroot), the root directory
   opened for reading, in which reads and writes fail as they did before. Returns 0, or -1 with errno. */
extern int fds_ensure_standard(void);

/* Puts /dev/null (or the same stand-in) on fd, closing what was there. */
extern int fd_nullify(int fd);

/* Opens the file of fd, a pipe or a device, a second time: an open file of its own, non-blocking, close-on-exec, above the
   standard descriptors. mode: O_RDONLY, O_WRONLY or O_RDWR. -1 with errno: ENXIO for a pipe without a reader, EACCES for the
   file of another user, ENOENT without /proc... */
extern int fd_reopen(int fd, int mode);

/* Closes every descriptor from `lowest` up: for a process that forks and does not exec. */
extern void fds_close_from(int lowest);

/* Closes every descriptor from `lowest` up but those that are kept. */
extern void fds_close_except(int lowest, int const *keep, size_t count);

#endif
