/* Any bytes as a message to the holder of the keys, with a socket for the answer: there is one answer of the one size, with
   bytes that are in it, or words that end; and never a part of the key. */

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "fuzz.h"
#include "tls/holder.c"

static struct keeper keeper;
static char key_file[256], certificate_file[256];
static unsigned char secret[32];

/* ---- a pair ---- */

static void write_pair(EVP_PKEY *key, X509 *x)
{
  char const *dir = getenv("TMPDIR");
  FILE *f;
  snprintf(key_file, sizeof key_file, "%s/key", dir ? dir : "/tmp");
  snprintf(certificate_file, sizeof certificate_file, "%s/crt", dir ? dir : "/tmp");
  f = fopen(key_file, "w");
  HOLDS(f && PEM_write_PrivateKey(f, key, 0, 0, 0, 0, 0) && !fclose(f));
  f = fopen(certificate_file, "w");
  HOLDS(f && PEM_write_X509(f, x) && !fclose(f));
}

static void make_pair(void)
{
  EVP_PKEY *key = EVP_EC_gen("P-256");
  BIGNUM *number = 0;
  X509 *x = X509_new();
  HOLDS(key && x && EVP_PKEY_get_bn_param(key, "priv", &number) && BN_bn2binpad(number, secret, sizeof secret) == sizeof secret);
  X509_set_version(x, 2);
  X509_gmtime_adj(X509_getm_notBefore(x), 0);
  X509_gmtime_adj(X509_getm_notAfter(x), 1000000);
  X509_set_pubkey(x, key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC, (unsigned char const *)"localhost", -1, -1, 0);
  HOLDS(X509_sign(x, key, EVP_sha256()));
  write_pair(key, x);
  BN_free(number);
  X509_free(x);
  EVP_PKEY_free(key);
}

/* ---- */

extern int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
  static struct keyring_entry entries[2];
  static struct keyring keys = { entries, 2 };
  (void)argc;
  (void)argv;
  make_pair();
  entries[0].certificates = entries[1].certificates = certificate_file;
  entries[0].key = entries[1].key = key_file;
  entries[1].name = "localhost";
  keeper.pem = malloc(TLS_FILE_MAX);
  stock_open(&keeper.stock, &keys);
  HOLDS(!keeper.stock.failed && keeper.pem);
  return 0;
}

static void send_message(int fd, uint8_t const *data, size_t size, int answer_to)
{
  union { struct cmsghdr header; char bytes[CMSG_SPACE(sizeof(int))]; } control;
  struct iovec v = { (void *)(uintptr_t)data, size };
  struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control.bytes };
  memset(&control, 0, sizeof control);
  control.header.cmsg_level = SOL_SOCKET;
  control.header.cmsg_type = SCM_RIGHTS;
  control.header.cmsg_len = CMSG_LEN(sizeof answer_to);
  memcpy(CMSG_DATA(&control.header), &answer_to, sizeof answer_to);
  HOLDS(sendmsg(fd, &m, 0) == (ssize_t)size);
}

static int has_secret(unsigned char const *s, size_t length)
{
  size_t i = 0;
  for (; i + 16 <= length; i++) if (!memcmp(s + i, secret, 16)) return 1;
  return 0;
}

static void check(struct holder_reply const *r)
{
  HOLDS(r->result <= HOLDER_BYTES);
  HOLDS(r->result >= 0 || (memchr(r->bytes, 0, HOLDER_BYTES) && (r->exit_code == EXIT_SESSION || r->exit_code == EXIT_BUG)));
  HOLDS(!has_secret((unsigned char const *)r, sizeof *r));
}

extern int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size);
int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size)
{
  static struct holder_reply reply;
  unsigned char message[sizeof(struct holder_request) + 64] = { 0 };
  int ask[2], answer_end[2];
  /* Most messages have the right size: a short input is the beginning of one; byte 0 is taken for another size. */
  size_t length = size > 1 && data[0] == 255 ? size - 1 : sizeof(struct holder_request);
  if (!size || length > sizeof message) return 0;
  memcpy(message, data + 1, size - 1 < sizeof message ? size - 1 : sizeof message);
  HOLDS(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ask) == 0 && socketpair(AF_UNIX, SOCK_SEQPACKET, 0, answer_end) == 0);
  send_message(ask[0], message, length, answer_end[1]);
  close(answer_end[1]);
  HOLDS(serve_one(&keeper, ask[1]) == 1);
  HOLDS(recv(answer_end[0], &reply, sizeof reply, 0) == sizeof reply);
  check(&reply);
  HOLDS(recv(answer_end[0], &reply, sizeof reply, 0) == 0);
  close(answer_end[0]);
  close(ask[0]);
  HOLDS(serve_one(&keeper, ask[1]) == 0);
  close(ask[1]);
  return 0;
}
