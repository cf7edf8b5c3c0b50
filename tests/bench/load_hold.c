/* Held connections of the load generator: each one has seen its handler answer, and stays open. */

#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "load.h"

/* Connections that may be waiting for their first byte at a time, and how many failures are enough to stop. */
#define OPENING 32
#define ENOUGH 16

struct holding
{
  struct load *load;
  unsigned int opening;
  long failed;
};

static int make_room(struct load *load, size_t want)
{
  int *more;
  if (want <= load->held_room) return 0;
  more = realloc(load->held, want * sizeof *more);
  if (!more) return -1;
  load->held = more;
  load->held_room = want;
  return 0;
}

/* Returns 0 when it is under way, 1 when the server cannot take more just now, -1 and errno. */
static int begin(struct holding *h)
{
  struct epoll_event event = { .events = EPOLLIN };
  int fd = load_connect(h->load);
  if (fd < 0 && errno == EAGAIN) return 1;
  if (fd < 0 && errno != ECONNREFUSED && errno != ENOENT) return -1;
  if (fd < 0)
  {
    h->failed++;
    return 0;
  }
  event.data.fd = fd;
  if (epoll_ctl(h->load->poll, EPOLL_CTL_ADD, fd, &event) < 0 || send(fd, "h", 1, MSG_NOSIGNAL) != 1)
  {
    int e = errno;
    close(fd);
    if (e != ECONNRESET && e != EPIPE) return -1;
    h->failed++;
    return 0;
  }
  h->opening++;
  return 0;
}

static void settle(struct holding *h, int fd)
{
  struct load *load = h->load;
  char byte;
  ssize_t n = read(fd, &byte, 1);
  if (n < 0 && errno == EAGAIN) return;
  h->opening--;
  if (n == 1)
  {
    epoll_ctl(load->poll, EPOLL_CTL_DEL, fd, 0);
    load->held[load->held_used++] = fd;
    return;
  }
  h->failed++;
  close(fd);
}

static int open_more(struct holding *h, size_t want)
{
  struct epoll_event events[OPENING];
  struct load *load = h->load;
  while (load->held_used < want && h->failed < ENOUGH)
  {
    int full = 0;
    int i;
    int n;
    while (!full && h->opening < OPENING && load->held_used + h->opening < want && h->failed < ENOUGH)
    {
      full = begin(h);
      if (full < 0) return -1;
    }
    if (!h->opening && !full) continue;
    n = epoll_wait(load->poll, events, OPENING, full ? 1 : (int)(STUCK_NS / 1000000));
    if (n < 0 && errno != EINTR) return -1;
    if (!n && !full) return ++h->failed, 0;
    for (i = 0; i < n; i++) settle(h, events[i].data.fd);
  }
  return 0;
}

/* Connections that were still waiting when we gave up would show up as events of the next run. */
static int start_afresh(struct load *load)
{
  close(load->poll);
  load->poll = epoll_create1(EPOLL_CLOEXEC);
  return load->poll < 0 ? -1 : 0;
}

long load_hold(struct load *load, size_t want)
{
  struct holding h = { .load = load };
  while (load->held_used > want) close(load->held[--load->held_used]);
  if (make_room(load, want) < 0 || open_more(&h, want) < 0) return -1;
  if (h.opening && start_afresh(load) < 0) return -1;
  return h.failed;
}

size_t load_count_lost(struct load const *load)
{
  size_t lost = 0;
  size_t i;
  for (i = 0; i < load->held_used; i++)
  {
    char byte;
    if (recv(load->held[i], &byte, 1, MSG_DONTWAIT | MSG_PEEK) < 0 && errno == EAGAIN) continue;
    lost++;
  }
  return lost;
}
