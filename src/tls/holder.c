/* The holder's side: see holder.h. */

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/sig.h>

#include "clock.h"
#include "die.h"
#include "fds.h"
#include "holder.h"
#include "identity.h"
#include "io_exit.h"
#include "sandbox.h"
#include "stock.h"

enum { LOOK_EVERY = 1000, PAUSE = 10, READABLE_MAX = 64 };  /* milliseconds, and places */

struct keeper
{
  struct stock stock;
  char *pem;              /* of the pair that was asked for last */
  size_t pem_length;
  struct tls_pair *pem_of;
  int lasts;
  uint64_t looked;        /* when the files were looked at, ms */
};

static void refuse(struct holder_reply *reply, int code, char const *words)
{
  size_t length = strlen(words);
  reply->result = -1;
  reply->exit_code = (uint32_t)code;
  if (length > HOLDER_BYTES - 1) length = HOLDER_BYTES - 1;
  memcpy(reply->bytes, words, length);
}

static void answer_name(struct keyring_entry const *e, struct tls_pair const *p, struct holder_reply *reply)
{
  struct tls_pair_facts facts;
  size_t length = e->name ? strlen(e->name) : 0;
  tls_pair_describe(p, &facts);
  reply->total = (uint32_t)facts.can_be_held;
  if (length > 255) length = 255;
  memcpy(reply->bytes, e->name ? e->name : "", length);
  reply->result = (int32_t)length;
}

static void answer_certificates(struct keeper *k, struct tls_pair *p, uint32_t offset, struct holder_reply *reply)
{
  size_t left;
  if (p != k->pem_of)
  {
    ssize_t n = tls_pair_pem(p, k->pem, TLS_FILE_MAX);
    if (n == -1)
    {
      refuse(reply, EXIT_KEYS, "the certificates are too long");
      return;
    }
    k->pem_of = p;
    k->pem_length = (size_t)n;
  }
  left = offset < k->pem_length ? k->pem_length - offset : 0;
  if (left > HOLDER_BYTES) left = HOLDER_BYTES;
  memcpy(reply->bytes, k->pem + (left ? offset : 0), left);
  reply->result = (int32_t)left;
  reply->total = (uint32_t)k->pem_length;
}

static void answer_signature(struct tls_pair const *p, struct holder_request const *q, struct holder_reply *reply)
{
  ssize_t n = -1;
  if (q->length <= sizeof q->bytes) n = tls_pair_sign(p, (enum tls_signing)q->how, q->bytes, q->length, reply->bytes, HOLDER_BYTES);
  if (n > 0) reply->result = (int32_t)n;
  else refuse(reply, EXIT_SESSION, "this cannot be signed");
}

/* The files are looked at for the question how many pairs there are, which comes before the first client that is to have
   the new ones. */
static void answer_count(struct keeper *k, struct holder_reply *reply)
{
  uint64_t now = clock_millis();
  if (k->lasts && now >= k->looked + LOOK_EVERY)
  {
    k->looked = now;
    if (stock_renew(&k->stock)) k->pem_of = 0;
  }
  reply->result = (int32_t)k->stock.keys->count;
  reply->generation = k->stock.generation;
}

static void answer(struct keeper *k, struct holder_request const *q, struct holder_reply *reply)
{
  struct tls_pair *p;
  if (k->stock.failed) refuse(reply, k->stock.failed, k->stock.words);
  else if (q->what == HOLDER_COUNT) answer_count(k, reply);
  else if (!(p = stock_pair(&k->stock, q->generation, q->pair))) refuse(reply, EXIT_SESSION, "no such pair");
  else if (q->what == HOLDER_NAME) answer_name(k->stock.keys->entries + q->pair, p, reply);
  else if (q->what == HOLDER_CERTIFICATES) answer_certificates(k, p, q->offset, reply);
  else if (q->what == HOLDER_SIGN) answer_signature(p, q, reply);
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

/* True after an error that passes: in a shortage the question stays where it is. */
static int may_go_on(int e)
{
  if (e == EINTR) return 1;
  if (e != EAGAIN && e != ENOMEM && e != ENOBUFS) return 0;
  poll(0, 0, PAUSE);
  return 1;
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
  if (r <= 0) return r && may_go_on(errno);
  to = received_descriptor(&m);
  if (to == -1) return 1;
  memset(&reply, 0, sizeof reply);
  if (r == sizeof q) answer(k, &q, &reply);
  else refuse(&reply, EXIT_BUG, "no such request");
  /* A reader that is gone or has no room is no reason to wait. */
  send(to, &reply, sizeof reply, MSG_DONTWAIT | MSG_NOSIGNAL);
  close(to);
  return 1;
}

/* Keys are not to reach the disk. Where locking is not allowed, they may. The pages that no key was read into need not come to
   memory for that: a holder that ends with one handshake would spend a tenth of it there. */
static void lock_memory(void)
{
#ifdef MCL_ONFAULT
  if (mlockall(MCL_CURRENT | MCL_ONFAULT) == 0) return;
#endif
  mlockall(MCL_CURRENT);
}

static void close_up(struct keeper *k, struct identity const *ids)
{
  char const *readable[READABLE_MAX + 1];
  struct sandbox sandbox = { k->lasts ? SANDBOX_FILES : 0, readable };
  struct text why = { k->stock.words, 0, sizeof k->stock.words, 0 };
  if (k->stock.failed) return;  /* there is no key to protect, and words to keep */
  stock_places(&k->stock, readable, READABLE_MAX);
  lock_memory();
  if (ids) identity_apply(ids);
  tzset();
  if (sandbox_enter(&sandbox, &why) == -1) k->stock.failed = EXIT_SYSTEM;
  text_end(&why);
}

static void serve(int fd, struct keyring *keys, enum holder_life life, struct identity const *ids)
{
  static struct keeper k;
  k.lasts = life == HOLDER_LASTS;
  k.pem = malloc(TLS_FILE_MAX);
  if (!k.pem) die_system("allocate memory");
  stock_open(&k.stock, keys);
  k.looked = clock_millis();
  close_up(&k, ids);
  while (serve_one(&k, fd)) continue;
  stock_wipe(&k.stock);
}

/* The holder keeps the log and its socket, and nothing else of ours. A terminal sends the signals that end a daemon to the
   holder, too; it must outlast the daemon, and ends with it. */
static void become_holder(int fd, struct keyring *keys, enum holder_life life, struct identity const *ids)
{
  static int const ignored[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE };
  size_t i = 0;
  for (; i < sizeof ignored / sizeof *ignored; i++) sig_ignore(ignored[i]);
  if (fd_move(3, fd) == -1 || fd_nullify(0) == -1 || fd_nullify(1) == -1) _exit(EXIT_SYSTEM);
  fds_close_from(4);
  serve(3, keys, life, ids);
  _exit(0);
}

void holder_start(struct holder *h, struct keyring *keys, enum holder_life life, struct identity const *ids)
{
  int pair[2];
  pid_t pid;
  if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) == -1) die_system("make a socket for the holder of the keys");
  if (coe(pair[0]) == -1 || coe(pair[1]) == -1) die_system("make a socket for the holder of the keys");
  pid = fork();
  if (pid == -1) die_system("start the holder of the keys");
  if (!pid) become_holder(pair[1], keys, life, ids);
  fd_close(pair[1]);
  h->fd = pair[0];
  h->generation = 0;
}
