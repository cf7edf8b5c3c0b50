/* The holder's side: see holder.h. */

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <skalibs/djbunix.h>

#include "die.h"
#include "fds.h"
#include "holder.h"
#include "identity.h"
#include "io_exit.h"
#include "sandbox.h"

struct keeper
{
  struct keyring *keys;
  char *pem;          /* of the pair that was asked for last */
  size_t pem_length;
  uint32_t pem_pair;
  int trouble;        /* exit code, or 0 */
  char words[TLS_WHY_MAX];
};

static void refuse(struct holder_reply *reply, int code, char const *words)
{
  size_t length = strlen(words);
  reply->result = -1;
  reply->exit_code = (uint32_t)code;
  if (length > HOLDER_BYTES - 1) length = HOLDER_BYTES - 1;
  memcpy(reply->bytes, words, length);
}

static void read_pairs(struct keeper *k)
{
  struct text why = { k->words, 0, sizeof k->words, 0 };
  size_t i = 0;
  for (; i < k->keys->count && !why.length; i++)
  {
    struct keyring_entry *e = k->keys->entries + i;
    e->pair = tls_pair_read(e->certificates, e->key, &why);
  }
  if (why.length) k->trouble = EXIT_KEYS;
  text_end(&why);
}

static void answer_name(struct keyring_entry const *e, struct holder_reply *reply)
{
  struct tls_pair_facts facts;
  size_t length = e->name ? strlen(e->name) : 0;
  tls_pair_describe(e->pair, &facts);
  reply->total = (uint32_t)facts.can_be_held;
  if (length > 255) length = 255;
  memcpy(reply->bytes, e->name ? e->name : "", length);
  reply->result = (int32_t)length;
}

static void answer_certificates(struct keeper *k, struct holder_request const *q, struct holder_reply *reply)
{
  size_t left;
  if (q->pair != k->pem_pair)
  {
    ssize_t n = tls_pair_pem(k->keys->entries[q->pair].pair, k->pem, TLS_FILE_MAX);
    if (n == -1)
    {
      refuse(reply, EXIT_KEYS, "the certificates are too long");
      return;
    }
    k->pem_pair = q->pair;
    k->pem_length = (size_t)n;
  }
  left = q->offset < k->pem_length ? k->pem_length - q->offset : 0;
  if (left > HOLDER_BYTES) left = HOLDER_BYTES;
  memcpy(reply->bytes, k->pem + (left ? q->offset : 0), left);
  reply->result = (int32_t)left;
  reply->total = (uint32_t)k->pem_length;
}

static void answer(struct keeper *k, struct holder_request const *q, struct holder_reply *reply)
{
  ssize_t n;
  if (k->trouble) refuse(reply, k->trouble, k->words);
  else if (q->what == HOLDER_COUNT) reply->result = (int32_t)k->keys->count;
  else if (q->pair >= k->keys->count) refuse(reply, EXIT_BUG, "no such pair");
  else if (q->what == HOLDER_NAME) answer_name(k->keys->entries + q->pair, reply);
  else if (q->what == HOLDER_CERTIFICATES) answer_certificates(k, q, reply);
  else if (q->what == HOLDER_SIGN && q->length <= sizeof q->bytes)
  {
    n = tls_pair_sign(k->keys->entries[q->pair].pair, (enum tls_signing)q->how, q->bytes, q->length, reply->bytes, HOLDER_BYTES);
    if (n > 0) reply->result = (int32_t)n;
    else refuse(reply, EXIT_SESSION, "this cannot be signed");
  }
  else refuse(reply, EXIT_BUG, "no such request");
}

/* The descriptor that came with a message, or -1. More than one never come: there is no room for them. */
static int received_descriptor(struct msghdr *m)
{
  struct cmsghdr *c = CMSG_FIRSTHDR(m);
  int fd;
  if (!c || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS || c->cmsg_len < CMSG_LEN(sizeof fd)) return -1;
  memcpy(&fd, CMSG_DATA(c), sizeof fd);
  return fd;
}

/* Returns false at the end of the socket. */
static int serve_one(struct keeper *k, int fd)
{
  union { struct cmsghdr header; char bytes[CMSG_SPACE(sizeof(int))]; } control;
  struct holder_request q;
  struct holder_reply reply;
  struct iovec v = { &q, sizeof q };
  struct msghdr m;
  ssize_t r;
  int to;
  memset(&m, 0, sizeof m);
  m.msg_iov = &v;
  m.msg_iovlen = 1;
  m.msg_control = &control;
  m.msg_controllen = sizeof control.bytes;
  r = recvmsg(fd, &m, 0);
  if (r == 0 || (r == -1 && errno != EINTR)) return 0;
  to = r == -1 ? -1 : received_descriptor(&m);
  if (to == -1) return 1;
  memset(&reply, 0, sizeof reply);
  if (r == sizeof q) answer(k, &q, &reply);
  else refuse(&reply, EXIT_BUG, "no such request");
  /* A reader that is gone or has no room is no reason to wait. */
  send(to, &reply, sizeof reply, MSG_DONTWAIT | MSG_NOSIGNAL);
  close(to);
  return 1;
}

/* Keys are not to reach the disk. Where that is not allowed, they may. */
static void close_up(struct keeper *k, struct identity const *ids)
{
  static struct sandbox const sandbox = { 0, 0 };
  struct text why = { k->words, 0, sizeof k->words, 0 };
  if (k->trouble) return;  /* there is no key to protect, and words to keep */
  mlockall(MCL_CURRENT);
  if (ids) identity_apply(ids);
  if (sandbox_enter(&sandbox, &why) == -1) k->trouble = EXIT_SYSTEM;
  text_end(&why);
}

void holder_serve(int fd, struct keyring *keys, struct identity const *ids)
{
  struct keeper k = { .keys = keys, .pem_pair = UINT32_MAX };
  size_t i = 0;
  k.pem = malloc(TLS_FILE_MAX);
  if (!k.pem) die_system("allocate memory");
  read_pairs(&k);
  close_up(&k, ids);
  while (serve_one(&k, fd)) continue;
  for (; i < keys->count; i++) tls_pair_free(keys->entries[i].pair);
}

/* The holder keeps the log and its socket, and nothing else of ours. */
void holder_start(struct holder *h, struct keyring *keys, struct identity const *ids)
{
  int pair[2];
  pid_t pid;
  if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) == -1) die_system("make a socket for the holder of the keys");
  if (coe(pair[0]) == -1 || coe(pair[1]) == -1) die_system("make a socket for the holder of the keys");
  pid = fork();
  if (pid == -1) die_system("start the holder of the keys");
  if (!pid)
  {
    if (fd_move(3, pair[1]) == -1 || fd_nullify(0) == -1 || fd_nullify(1) == -1) _exit(EXIT_SYSTEM);
    fds_close_from(4);
    holder_serve(3, keys, ids);
    _exit(0);
  }
  fd_close(pair[1]);
  h->fd = pair[0];
  h->generation = 0;
}
