/* The asking side: see holder.h. */

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
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

int holder_ask(struct holder const *h, struct holder_request const *q, struct holder_reply *reply)
{
  uint64_t deadline = deadline_after(HOLDER_PATIENCE);
  int pair[2];
  int r, e;
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

static void require_answer(struct holder const *h, struct holder_request const *q, struct holder_reply *reply)
{
  if (holder_ask(h, q, reply) == -1) die_system("ask the holder of the keys");
  reply->bytes[HOLDER_BYTES - 1] = 0;
  if (reply->result < 0) strerr_dief((int)reply->exit_code, (char const *)reply->bytes);
}

uint32_t holder_count(struct holder *h)
{
  struct holder_request q;
  struct holder_reply reply;
  memset(&q, 0, sizeof q);
  q.what = HOLDER_COUNT;
  require_answer(h, &q, &reply);
  h->generation = reply.generation;
  return (uint32_t)reply.result;
}

static ssize_t sign(void *data, unsigned int key, enum tls_signing how, unsigned char const *in, size_t length, unsigned char *out, size_t max)
{
  struct holder const *h = data;
  struct holder_request q;
  struct holder_reply reply;
  if (length > sizeof q.bytes) return (errno = EINVAL, -1);
  memset(&q, 0, sizeof q);
  q.what = HOLDER_SIGN;
  q.generation = h->generation;
  q.pair = key;
  q.how = how;
  q.length = (uint32_t)length;
  memcpy(q.bytes, in, length);
  if (holder_ask(h, &q, &reply) == -1) return -1;
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
    if (holder_ask(h, &q, &reply) == -1 || reply.result < 0 || *length + (size_t)reply.result > TLS_FILE_MAX) break;
    memcpy(pem + *length, reply.bytes, (size_t)reply.result);
    if (*length + (size_t)reply.result == reply.total) return (*length = reply.total, pem);
    if (!reply.result) break;
  }
  free(pem);
  return 0;
}

struct tls_pair *holder_pair(struct holder *h, uint32_t number, char **name, struct text *why)
{
  struct tls_signer signer = { &sign, h };
  struct holder_request q;
  struct holder_reply reply;
  struct tls_pair *p;
  size_t length;
  char *pem;
  memset(&q, 0, sizeof q);
  q.what = HOLDER_NAME;
  q.pair = number;
  require_answer(h, &q, &reply);
  *name = reply.result ? strdup((char *)reply.bytes) : 0;
  if (!reply.total) return (errno = EOPNOTSUPP, (struct tls_pair *)0);
  pem = read_pem(h, number, &length);
  if (!pem)
  {
    text_string(why, "unable to get the certificates from the holder of the keys");
    return 0;
  }
  p = tls_pair_borrow(pem, length, &signer, number, why);
  free(pem);
  errno = EINVAL;
  return p;
}
