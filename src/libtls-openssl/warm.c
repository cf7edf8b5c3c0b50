/* Handshakes of a process with itself, so that methods, tables and random generators are ready before a fork. */

#include <openssl/err.h>

#include "openssl.h"

static void shake_hands(SSL *server, SSL *client)
{
  int turn = 0;
  for (; turn < 8; turn++)
  {
    int c = SSL_do_handshake(client), s = SSL_do_handshake(server);
    if (c == 1 && s == 1) break;
  }
  ERR_clear_error();
}

static void meet(SSL_CTX *server_context, SSL_CTX *client_context, char const *name)
{
  SSL *server = SSL_new(server_context), *client = SSL_new(client_context);
  BIO *one = 0, *other = 0;
  if (server && client && BIO_new_bio_pair(&one, 0, &other, 0))
  {
    SSL_set_bio(server, one, one);
    SSL_set_bio(client, other, other);
    if (name) SSL_set_tlsext_host_name(client, name);
    SSL_set_accept_state(server);
    SSL_set_connect_state(client);
    shake_hands(server, client);
  }
  SSL_free(server);
  SSL_free(client);
}

void tls_context_warm(struct tls_context *c)
{
  static int const versions[] = { TLS1_2_VERSION, TLS1_3_VERSION };
  char const *name = c->name_count ? c->names[0].name : 0;
  size_t i = 0;
  if (!c->settings.is_server) return;
  if (name && name[0] == '*') name = 0;
  for (; i < 2; i++)
  {
    SSL_CTX *client = SSL_CTX_new(TLS_client_method());
    if (!client) break;
    SSL_CTX_set_min_proto_version(client, versions[i]);
    SSL_CTX_set_max_proto_version(client, versions[i]);
    meet(c->ssl, client, name);
    SSL_CTX_free(client);
  }
  ERR_clear_error();
}
