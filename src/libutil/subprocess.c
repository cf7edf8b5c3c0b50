/* Work in a child process: see subprocess.h. */

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <skalibs/allreadwrite.h>
#include <skalibs/djbunix.h>

#include "deadline.h"
#include "subprocess.h"

int subprocess_start(struct subprocess *h, void (*work)(void *task), void *task, size_t size)
{
  int p[2];
  if (pipecoe(p) == -1) return -1;
  h->pid = fork();
  if (h->pid == -1)
  {
    int e = errno;
    fd_close(p[0]);
    fd_close(p[1]);
    return (errno = e, -1);
  }
  if (!h->pid)
  {
    work(task);
    _exit(allwrite(p[1], task, size) < size);
  }
  fd_close(p[1]);
  h->answer = p[0];
  h->task = task;
  h->size = size;
  return 0;
}

static int read_answer(struct subprocess const *h, uint64_t deadline)
{
  char *at = h->task;
  size_t missing = h->size;
  while (missing)
  {
    ssize_t r;
    if (deadline_poll(h->answer, POLLIN, deadline) == -1) return -1;
    r = fd_read(h->answer, at, missing);
    if (r == -1) return -1;
    if (!r) return (errno = EIO, -1);
    at += r;
    missing -= (size_t)r;
  }
  return 0;
}

/* Where SIGCHLD is ignored the system reaps the child itself, and wait_pid only shows when that is done. */
int subprocess_finish(struct subprocess *h, uint64_t deadline)
{
  int status;
  int r = read_answer(h, deadline);
  int e = errno;
  fd_close(h->answer);
  if (r == -1) kill(h->pid, SIGKILL);
  wait_pid(h->pid, &status);
  return (errno = e, r);
}
