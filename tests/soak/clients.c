/* Random clients of a server that echoes: a number of them, so many at a time.
   usage: clients [-a AT_A_TIME] [-k KINDS] [-s SEED] [-S] IP PORT COUNT
     -a  open at any moment [64]
     -k  kinds to choose from, a letter each: see client.c [ttttttttffffrrrvvvsl]
     -S  come from random addresses of 127.0.0.0/16
     COUNT 0 goes on until SIGTERM. SIGUSR1 makes those leave that hold their connection.
   One line of NAME=VALUE on standard output tells what became of them. */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "clients.h"

enum { AT_A_TIME_MAX = 20000, EVENTS = 64, REFUSED_MAX = 1000, LONGEST_WAIT = 50 };

struct crowd
{
  struct sockaddr_in to;
  char const *kinds;
  int from_anywhere;
  int poll;
  unsigned int at_a_time;
  unsigned int active;
  unsigned long count;
  unsigned long begun;
  unsigned long ends[ENDS];
  struct client *clients;
};

static volatile sig_atomic_t leaving, stopping;

static void note(int number)
{
  if (number == SIGTERM) stopping = 1;
  leaving = 1;
}

static int usage(void)
{
  fputs("clients: usage: clients [-a AT_A_TIME] [-k KINDS] [-s SEED] [-S] IP PORT COUNT\n", stderr);
  return 100;
}

static int report(char const *what)
{
  fprintf(stderr, "clients: fatal: unable to %s: %s\n", what, strerror(errno));
  return -1;
}

static void end(struct crowd *crowd, struct client *c, enum end how)
{
  if (how == NOT_YET) return;
  close(c->fd);
  c->fd = -1;
  crowd->active--;
  crowd->ends[how]++;
}

static int begin(struct crowd *crowd, struct client *c)
{
  struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLET, .data = { .ptr = c } };
  struct kind const *kind = kind_of(crowd->kinds[(size_t)random() % strlen(crowd->kinds)]);
  int r = client_begin(c, kind, &crowd->to, crowd->from_anywhere);
  if (r == -1 && errno != ECONNREFUSED) return report("connect");
  crowd->begun++;
  crowd->active++;
  if (r == -1) end(crowd, c, REFUSED);
  else if (epoll_ctl(crowd->poll, EPOLL_CTL_ADD, c->fd, &event) == -1) return report("watch a connection");
  return 0;
}

static int wants_more(struct crowd const *crowd)
{
  return !stopping && (!crowd->count || crowd->begun < crowd->count);
}

/* One look at each client, which costs little next to what the server does for it: begin, next step, deadline. */
static int look_round(struct crowd *crowd, uint64_t now, uint64_t *next)
{
  unsigned int i = 0;
  int leave = leaving;
  leaving = 0;
  *next = now + LONGEST_WAIT;
  for (; i < crowd->at_a_time; i++)
  {
    struct client *c = &crowd->clients[i];
    if (c->fd != -1 && c->kind->then == HOLDS && (leave || stopping)) end(crowd, c, LEFT);
    else if (c->fd != -1 && c->kind->then != HOLDS && now >= c->deadline) end(crowd, c, STUCK);
    else if (c->fd != -1 && c->due && now >= c->due) end(crowd, c, client_step(c, now));
    if (c->fd == -1 && wants_more(crowd) && begin(crowd, c) == -1) return -1;
    if (c->fd != -1 && c->due && c->due < *next) *next = c->due;
  }
  return 0;
}

static int attend(struct crowd *crowd, uint64_t next)
{
  struct epoll_event events[EVENTS];
  uint64_t now = now_ms();
  int n = epoll_wait(crowd->poll, events, EVENTS, next > now ? (int)(next - now) : 0);
  int i = 0;
  if (n == -1 && errno != EINTR) return report("wait for events");
  for (; i < n; i++)
  {
    struct client *c = events[i].data.ptr;
    enum end how = NOT_YET;
    if (!c->connected && !(events[i].events & (EPOLLERR | EPOLLHUP)))
    {
      if (!(events[i].events & EPOLLOUT)) continue;
      how = client_connected(c, now);
    }
    end(crowd, c, how == NOT_YET ? client_hear(c) : how);
  }
  return 0;
}

static int serve(struct crowd *crowd)
{
  uint64_t next;
  do
  {
    if (look_round(crowd, now_ms(), &next) == -1 || attend(crowd, next) == -1) return -1;
    if (crowd->ends[REFUSED] > REFUSED_MAX) return errno = ECONNREFUSED, report("connect");
  }
  while (crowd->active || wants_more(crowd));
  return 0;
}

static void tell(struct crowd const *crowd)
{
  static char const *const names[ENDS] = { 0, "answered", "ended", "reset", "gone", "left", "refused", "busy", "stuck", "wrong" };
  unsigned int i = 1;
  printf("clients=%lu", crowd->begun);
  for (; i < ENDS; i++) printf(" %s=%lu", names[i], crowd->ends[i]);
  putchar('\n');
}

static int prepare(struct crowd *crowd)
{
  struct sigaction action = { .sa_handler = &note };
  unsigned int i = 0;
  sigaction(SIGUSR1, &action, 0);
  sigaction(SIGTERM, &action, 0);
  crowd->poll = epoll_create1(EPOLL_CLOEXEC);
  crowd->clients = calloc(crowd->at_a_time, sizeof *crowd->clients);
  if (crowd->poll == -1 || !crowd->clients) return report("begin");
  for (; i < crowd->at_a_time; i++) crowd->clients[i].fd = -1;
  return 0;
}

int main(int argc, char *const *argv)
{
  struct crowd crowd = { .to = { .sin_family = AF_INET }, .kinds = "ttttttttffffrrrvvvsl", .at_a_time = 64 };
  char const *k;
  int option;
  while ((option = getopt(argc, argv, "a:k:s:S")) != -1)
  {
    if (option == 'a') crowd.at_a_time = (unsigned int)strtoul(optarg, 0, 10);
    else if (option == 'k') crowd.kinds = optarg;
    else if (option == 's') srandom((unsigned int)strtoul(optarg, 0, 10));
    else if (option == 'S') crowd.from_anywhere = 1;
    else return usage();
  }
  if (argc - optind != 3 || inet_pton(AF_INET, argv[optind], &crowd.to.sin_addr) != 1) return usage();
  for (k = crowd.kinds; *k; k++) if (!kind_of(*k)) return usage();
  if (k == crowd.kinds || !crowd.at_a_time || crowd.at_a_time > AT_A_TIME_MAX) return usage();
  crowd.to.sin_port = htons((in_port_t)strtoul(argv[optind + 1], 0, 10));
  crowd.count = strtoul(argv[optind + 2], 0, 10);
  if (prepare(&crowd) == -1 || serve(&crowd) == -1) return 111;
  tell(&crowd);
  return 0;
}
