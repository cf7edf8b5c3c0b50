/* The library's way to the wire: a BIO whose reads and writes are those of a struct tls_wire. */

#include <errno.h>

#include <openssl/bio.h>

#include "openssl.h"

static int must_retry(void)
{
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

static int wire_read(BIO *b, char *s, int length)
{
  struct tls *t = BIO_get_data(b);
  ssize_t r = t->wire.read(t->wire.data, s, (size_t)length);
  BIO_clear_retry_flags(b);
  if (r == 0) t->wire_ended = 1;
  if (r == -1 && must_retry()) BIO_set_retry_read(b);
  else if (r == -1) t->wire_errno = errno;
  return (int)r;
}

static int wire_write(BIO *b, char const *s, int length)
{
  struct tls *t = BIO_get_data(b);
  ssize_t r = t->wire.write(t->wire.data, s, (size_t)length);
  BIO_clear_retry_flags(b);
  if (r == -1 && must_retry()) BIO_set_retry_write(b);
  else if (r == -1) t->wire_errno = errno;
  return (int)r;
}

static long wire_control(BIO *b, int command, long number, void *pointer)
{
  struct tls *t = BIO_get_data(b);
  (void)number;
  (void)pointer;
  if (command == BIO_CTRL_EOF) return t->wire_ended;
  return command == BIO_CTRL_FLUSH;
}

/* One description of the kind for the whole process, made when it is first wanted. */
static BIO_METHOD *wire_method(void)
{
  static BIO_METHOD *method = 0;
  if (method) return method;
  method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "wire");
  if (!method) return 0;
  BIO_meth_set_read(method, &wire_read);
  BIO_meth_set_write(method, &wire_write);
  BIO_meth_set_ctrl(method, &wire_control);
  return method;
}

BIO *wire_bio(struct tls *t)
{
  BIO *b = wire_method() ? BIO_new(wire_method()) : 0;
  if (!b) return 0;
  BIO_set_data(b, t);
  BIO_set_init(b, 1);
  return b;
}
