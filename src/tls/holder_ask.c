/* The asking side: see holder.h. */

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <skalibs/djbunix.h>

#include "deadline.h"
#include "die.h"
#include "holder.h"
#include "io_exit.h"

static int send_request(int fd, struct holder_request const *q, int answer_to, uint64_t deadline)
{
  union { struct cmsghdr header; char bytes[CMSG_SPACE(sizeof(int))]; } control;
  struct iovec v = { (void *)(uintptr_t)q, sizeof *q };
  struct msghdr m;
  memset(&m, 0, sizeof m);
  memset(&control, 0, sizeof control);
  m.msg_iov = &v;
  m.msg_iovlen = 1;
  m.msg_control = &control;
  m.msg_controllen = sizeof control.bytes;
  control.header.cmsg_level = SOL_SOCKET;
  control.header.cmsg_type = SCM_RIGHTS;
  control.header.cmsg_len = CMSG_LEN(sizeof answer_to);
  memcpy(CMSG_DATA(&control.header), &answer_to, sizeof answer_to);
  for (;;)
  {
    if (sendmsg(fd, &m, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)sizeof *q) return 0;
    if (errno != EAGAIN && errno != EINTR) return -1;
    if (deadline_poll(fd, POLLOUT, deadline) == -1) return -1;
  }
}

static int receive_reply(int fd, struct holder_reply *reply, uint64_t deadline)
{
  for (;;)
  {
    ssize_t r;
    if (deadline_poll(fd, POLLIN, deadline) == -1) return -1;
    r = recv(fd, reply, sizeof *reply, MSG_DONTWAIT);
    if (r == (ssize_t)sizeof *reply) return 0;
    if (r == 0) return (errno = EPIPE, -1);  /* the holder is gone */
    if (r == -1 && (errno == EAGAIN || errno == EINTR)) continue;
    return (errno = r == -1 ? errno : EPROTO, -1);
  }
}

int holder_ask(struct holder const *h, struct holder_request const *q, struct holder_reply *reply, uint64_t patience)
{
  uint64_t deadline = deadline_after(patience);
  int pair[2];
  int r, e;
  memset(reply, 0, offsetof(struct holder_reply, bytes));
  if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) == -1) return -1;
  r = send_request(h->fd, q, pair[1], deadline);
  e = errno;
  close(pair[1]);
  if (r == 0)
  {
    r = receive_reply(pair[0], reply, deadline);
    e = errno;
  }
  close(pair[0]);
  if (r == 0 && reply->result > HOLDER_BYTES && q->what != HOLDER_COUNT) return (errno = EPROTO, -1);
  return (errno = e, r);
}

static int ask_count(struct holder const *h, struct holder_reply *reply, uint64_t patience)
{
  struct holder_request q;
  memset(&q, 0, sizeof q);
  q.what = HOLDER_COUNT;
  return holder_ask(h, &q, reply, patience);
}

int holder_count(struct holder *h, uint32_t *count)
{
  struct holder_reply reply;
  if (ask_count(h, &reply, HOLDER_PATIENCE) == -1 || reply.result < 0) return -1;
  h->generation = reply.generation;
  *count = (uint32_t)reply.result;
  return 0;
}

uint32_t holder_require(struct holder *h)
{
  struct holder_reply reply;
  if (ask_count(h, &reply, HOLDER_PATIENCE) == -1) die_system("ask the holder of the keys");
  reply.bytes[HOLDER_BYTES - 1] = 0;
  if (reply.result < 0) strerr_dief((int)reply.exit_code, (char const *)reply.bytes);
  h->generation = reply.generation;
  return (uint32_t)reply.result;
}

int holder_is_new(struct holder const *h)
{
  struct holder_reply reply;
  if (ask_count(h, &reply, HOLDER_HURRY) == -1) return -1;
  return reply.result > 0 && reply.generation != h->generation;
}

/* The number by which a pair's key is known to the library: the generation is in it, so that a context goes on signing
   with the keys that it was made for. */
enum { GENERATION_SHIFT = 16, PAIR_MASK = 0xffff };

static ssize_t sign(void *data, unsigned int key, enum tls_signing how, unsigned char const *in, size_t length, unsigned char *out, size_t max)
{
  struct holder const *h = data;
  struct holder_request q;
  struct holder_reply reply;
  if (length > sizeof q.bytes) return (errno = EINVAL, -1);
  memset(&q, 0, sizeof q);
  q.what = HOLDER_SIGN;
  q.generation = key >> GENERATION_SHIFT;
  q.pair = key & PAIR_MASK;
  q.how = how;
  q.length = (uint32_t)length;
  memcpy(q.bytes, in, length);
  if (holder_ask(h, &q, &reply, HOLDER_PATIENCE) == -1) return -1;
  if (reply.result <= 0 || (size_t)reply.result > max) return (errno = EIO, -1);
  memcpy(out, reply.bytes, (size_t)reply.result);
  return reply.result;
}

/* All pieces of the certificates of a pair: allocated, or 0 with errno. */
static char *read_pem(struct holder const *h, uint32_t number, size_t *length)
{
  struct holder_request q;
  struct holder_reply reply;
  char *pem = malloc(TLS_FILE_MAX);
  memset(&q, 0, sizeof q);
  q.what = HOLDER_CERTIFICATES;
  q.generation = h->generation;
  q.pair = number;
  for (*length = 0; pem; *length += (size_t)reply.result, q.offset = (uint32_t)*length)
  {
    if (holder_ask(h, &q, &reply, HOLDER_PATIENCE) == -1 || reply.result < 0 || *length + (size_t)reply.result > TLS_FILE_MAX) break;
    memcpy(pem + *length, reply.bytes, (size_t)reply.result);
    if (*length + (size_t)reply.result == reply.total) return (*length = reply.total, pem);
    if (!reply.result) break;
  }
  free(pem);
  return 0;
}

/* Returns 1 if the key can be held, 0 if not, -1 without an answer. */
static int ask_name(struct holder const *h, uint32_t number, char **name)
{
  struct holder_request q;
  struct holder_reply reply;
  memset(&q, 0, sizeof q);
  q.what = HOLDER_NAME;
  q.generation = h->generation;
  q.pair = number;
  *name = 0;
  if (holder_ask(h, &q, &reply, HOLDER_PATIENCE) == -1 || reply.result < 0 || reply.result >= HOLDER_BYTES) return -1;
  reply.bytes[reply.result] = 0;
  if (reply.result && !(*name = strdup((char *)reply.bytes))) return -1;
  return reply.total != 0;
}

struct tls_pair *holder_pair(struct holder *h, uint32_t number, char **name, struct text *why)
{
  struct tls_signer signer = { &sign, h };
  struct tls_pair *p = 0;
  size_t length;
  char *pem;
  int held = ask_name(h, number, name);
  if (!held)
  {
    text_string(why, "an Ed25519 key cannot be kept in a process of its own");
    return (errno = EOPNOTSUPP, (struct tls_pair *)0);
  }
  pem = held == 1 ? read_pem(h, number, &length) : 0;
  if (pem) p = tls_pair_borrow(pem, length, &signer, h->generation << GENERATION_SHIFT | number, why);
  else text_string(why, "unable to get the certificates from the holder of the keys");
  free(pem);
  errno = 0;
  return p;
}
