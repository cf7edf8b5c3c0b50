/* TLS by OpenSSL: see secure.h. Certificates are not verified: that would cost the load generator, not the server. */

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "secure.h"

struct secure
{
  SSL *ssl;
  int has_sent;
};

static SSL_CTX *context;
static SSL_SESSION *latest;

/* Takes the reference to the session. */
static int keep_session(SSL *ssl, SSL_SESSION *session)
{
  (void)ssl;
  SSL_SESSION_free(latest);
  latest = session;
  return 1;
}

int secure_start(int resume)
{
  context = SSL_CTX_new(TLS_client_method());
  if (!context) return -1;
  SSL_CTX_set_options(context, SSL_OP_IGNORE_UNEXPECTED_EOF);
  if (!resume) return 0;
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context, &keep_session);
  return 0;
}

struct secure *secure_new(int fd)
{
  struct secure *s = calloc(1, sizeof *s);
  int on = 1;
  if (!s) return 0;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  /* or the text waits 40 ms for the acknowledgement of the handshake */
  s->ssl = SSL_new(context);
  if (!s->ssl || SSL_set_fd(s->ssl, fd) != 1 || (latest && SSL_set_session(s->ssl, latest) != 1))
  {
    secure_free(s);
    return 0;
  }
  SSL_set_connect_state(s->ssl);
  return s;
}

static int is_waiting(struct secure *s, int r)
{
  int why = SSL_get_error(s->ssl, r);
  return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE;
}

static int send_once(struct secure *s, char const *text)
{
  if (s->has_sent || !text) return 1;
  s->has_sent = 1;
  return SSL_write(s->ssl, text, (int)strlen(text)) > 0;
}

int secure_go_on(struct secure *s, char const *text, unsigned int *received)
{
  char buffer[4096];
  int r;
  ERR_clear_error();
  r = SSL_do_handshake(s->ssl);
  if (r != 1) return is_waiting(s, r) ? 1 : -1;
  if (!send_once(s, text)) return -1;
  while ((r = SSL_read(s->ssl, buffer, sizeof buffer)) > 0) *received += (unsigned int)r;
  if (is_waiting(s, r)) return 1;
  return SSL_get_error(s->ssl, r) == SSL_ERROR_ZERO_RETURN ? 0 : -1;
}

int secure_resumed(struct secure const *s)
{
  return SSL_session_reused(s->ssl);
}

/* A session is spoilt for later connections if it looks as if its connection was cut. */
void secure_free(struct secure *s)
{
  if (!s) return;
  SSL_set_shutdown(s->ssl, SSL_SENT_SHUTDOWN);
  SSL_free(s->ssl);
  free(s);
}
