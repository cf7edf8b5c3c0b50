/* One client: see clients.h. */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "clients.h"

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif

enum { PATIENCE = 30000 };  /* milliseconds without an answer or an end */

#define U10 "uuuuuuuuuu"
#define U100 U10 U10 U10 U10 U10 U10 U10 U10 U10 U10
#define U1000 U100 U100 U100 U100 U100 U100 U100 U100 U100 U100

static char const busy[] = "busy\n";  /* what the server says where it refuses a client */

static struct kind const kinds[] =
{
  { 't', "hello\nq", 0, WAITS, DIRECT },     /* talks */
  { 'f', "hello\n", 0, FINISHES, DIRECT },   /* the same, and is the first to say that this was all */
  { 's', "slow", 2, FINISHES, DIRECT },      /* slow writer */
  { 'b', "byte", 1000, FINISHES, DIRECT },   /* a byte per second */
  { 'l', "", 50, FINISHES, DIRECT },         /* lingers and says nothing */
  { 'h', "h", 0, HOLDS, DIRECT },            /* stays until the server ends it, or SIGUSR1 comes */
  { 'v', "", 0, CLOSES, DIRECT },            /* vanishes at once */
  { 'r', "", 0, RESETS, DIRECT },            /* likewise, with a reset */
  { 'n', "", 0, WAITS, DIRECT },             /* never says anything */
  { 'i', "hello\n", 0, WAITS, DIRECT },      /* says something and is idle from then on */
  { 'x', "hello\nx", 0, WAITS, DIRECT },     /* has the server complain */
  { 'k', "hello\nk", 0, WAITS, DIRECT },     /* has a server that does not want to end */
  { 'g', "hello\ng", 0, WAITS, DIRECT },     /* has one that leaves a child */
  { 'u', "hello\n" U1000, 0, WAITS, DIRECT },                /* says more than is read */
  { 'p', "hello\nq", 0, WAITS, PROXIED },
  { 'P', "hello\nx", 0, FINISHES, PROXIED },
  { 'y', "", 0, WAITS, PROXIED },                    /* has a header and no more */
  { 'z', "hello\nq", 0, WAITS, BADLY_PROXIED },
  { 0, 0, 0, WAITS, DIRECT }
};

struct kind const *kind_of(char letter)
{
  struct kind const *k = kinds;
  while (k->letter && k->letter != letter) k++;
  return k->letter ? k : 0;
}

uint64_t now_ms(void)
{
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static uint32_t below(uint32_t n)
{
  return (uint32_t)random() % n;
}

static int bind_to(int fd, uint32_t host)
{
  int const on = 1;
  struct sockaddr_in from = { .sin_family = AF_INET };
  from.sin_addr.s_addr = htonl(0x7f000000 | host);
  setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  return bind(fd, (struct sockaddr *)&from, sizeof from);
}

/* Half of the clients share 16 addresses, so that limits are met; the others have 62500 to choose from. */
static int bind_anywhere(int fd)
{
  return bind_to(fd, below(2) ? 1 + below(16) : (1 + below(250)) << 8 | (1 + below(250)));
}

static void make_header(struct client *c)
{
  uint32_t from = below(2) ? below(16) : below(1 << 17);
  if (c->kind->way == BADLY_PROXIED) strcpy(c->header, "PROXY TCP4 256.1.1.1 192.0.2.1 1 2\r\n");
  else snprintf(c->header, sizeof c->header, "PROXY TCP4 198.%u.%u.%u 192.0.2.1 1024 80\r\n", 18 + (from >> 16), from >> 8 & 255, from & 255);
}

int client_begin(struct client *c, struct kind const *kind, struct sockaddr_in const *to, int from_anywhere)
{
  struct linger const reset = { .l_onoff = 1 };
  uint64_t now = now_ms();
  memset(c, 0, sizeof *c);
  c->kind = kind;
  c->deadline = now + PATIENCE + kind->pause * strlen(kind->text);
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (c->fd == -1) return -1;
  /* Of those that the server ends, no trace is left in the system's table of connections either. */
  if (kind->then == RESETS || kind->then == WAITS) setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  if (kind->way != DIRECT)
  {
    make_header(c);
    if (bind_to(c->fd, 9 << 16 | 1) == -1) return -1;
  }
  else if (from_anywhere && bind_anywhere(c->fd) == -1) return -1;
  return connect(c->fd, (struct sockaddr const *)to, sizeof *to) == -1 && errno != EINPROGRESS ? -1 : 0;
}

static enum end end_of(int e)
{
  return e == ECONNREFUSED ? REFUSED : RESET;
}

enum end client_connected(struct client *c, uint64_t now)
{
  size_t length = strlen(c->header);
  c->connected = 1;
  if (length && send(c->fd, c->header, length, MSG_NOSIGNAL) == -1) return end_of(errno);
  if (c->kind->then == CLOSES || c->kind->then == RESETS) return GONE;
  if (!c->kind->pause) return client_step(c, now);
  c->due = now + below((uint32_t)c->kind->pause);
  return NOT_YET;
}

/* A server that has refused us meanwhile makes send fail: what it said is still heard. */
enum end client_step(struct client *c, uint64_t now)
{
  char const *rest = c->kind->text + c->said;
  size_t length = strlen(rest);
  if (c->kind->pause && length > 1) length = 1;
  c->due = 0;
  if (length)
  {
    if (send(c->fd, rest, length, MSG_NOSIGNAL) == -1) return end_of(errno);
    c->said += (unsigned int)length;
    if (c->kind->text[c->said])
    {
      c->due = now + c->kind->pause;
      return NOT_YET;
    }
  }
  if (c->kind->then == FINISHES) shutdown(c->fd, SHUT_WR);
  return NOT_YET;
}

static enum end judge(struct client const *c)
{
  char const *rest = c->kind->text + c->heard;
  return strspn(rest, "u") == strlen(rest) || !strcmp(rest, "q") || !strcmp(rest, "x") || !strcmp(rest, "k") || !strcmp(rest, "g") ? ANSWERED : ENDED;
}

enum end client_hear(struct client *c)
{
  char buffer[512];
  for (;;)
  {
    ssize_t n = recv(c->fd, buffer, sizeof buffer, 0);
    if (n == -1) return errno == EAGAIN || errno == EINTR ? NOT_YET : end_of(errno);
    if (!n) return judge(c);
    if (!c->heard && n == sizeof busy - 1 && !memcmp(buffer, busy, sizeof busy - 1)) return BUSY;
    if (c->heard + (size_t)n > c->said || memcmp(buffer, c->kind->text + c->heard, (size_t)n)) return WRONG;
    c->heard += (unsigned int)n;
  }
}
