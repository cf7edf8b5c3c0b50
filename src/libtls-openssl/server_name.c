/* Which pair and which protocol a client gets: server names (SNI) and ALPN. */

#include <string.h>
#include <arpa/inet.h>

#include "hostname.h"
#include "openssl.h"

static int is_name_byte(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

static int is_address(char const *name)
{
  unsigned char bytes[16];
  return inet_pton(AF_INET, name, bytes) == 1 || strchr(name, ':') != 0;
}

int tls_server_name(char *name, char const *sent)
{
  size_t length = strlen(sent);
  size_t i = 0;
  if (length && sent[length - 1] == '.') length--;
  if (!length || length > HOSTNAME_MAX || sent[0] == '.' || sent[length - 1] == '.') return -1;
  for (; i < length; i++)
  {
    char c = hostname_lower(sent[i]);
    if (!is_name_byte(c) || (c == '.' && i && name[i - 1] == '.')) return -1;
    name[i] = c;
  }
  name[length] = 0;
  return is_address(name) ? -1 : 0;
}

static SSL_CTX *find(struct tls_context const *c, char const *name)
{
  size_t i = 0;
  for (; i < c->name_count; i++) if (!strcmp(c->names[i].name, name)) return c->names[i].ssl;
  return 0;
}

/* "*." stands for one label, and not right below a top-level domain. */
static SSL_CTX *find_wildcard(struct tls_context const *c, char const *name)
{
  char wildcard[256] = "*";
  char const *rest = strchr(name, '.');
  if (!rest || !strchr(rest + 1, '.')) return 0;
  strcpy(wildcard + 1, rest);
  return find(c, wildcard);
}

int choose_name(SSL *ssl, int *alert, void *context)
{
  struct tls_context const *c = context;
  struct tls *t = SSL_get_app_data(ssl);
  char const *sent = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  char name[254];
  SSL_CTX *found = 0;
  int is_good = sent && tls_server_name(name, sent) == 0;
  if (is_good && t) strcpy(t->server_name, name);
  if (is_good && c->settings.sni_level)
  {
    found = find(c, name);
    if (!found) found = find_wildcard(c, name);
  }
  if (found) SSL_set_SSL_CTX(ssl, found);
  if (found || c->settings.sni_level < 2) return sent ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
  *alert = SSL_AD_UNRECOGNIZED_NAME;
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

size_t protocols_parse(unsigned char *wire, size_t max, char const *list)
{
  size_t used = 0;
  for (;;)
  {
    size_t length = strcspn(list, ",");
    if (!length || length > 255 || used + 1 + length > max) return 0;
    wire[used++] = (unsigned char)length;
    memcpy(wire + used, list, length);
    used += length;
    if (!list[length]) return used;
    list += length + 1;
  }
}

int choose_protocol(SSL *ssl, unsigned char const **out, unsigned char *length, unsigned char const *in, unsigned int in_length, void *context)
{
  struct tls_context const *c = context;
  unsigned char *chosen;
  (void)ssl;
  if (SSL_select_next_proto(&chosen, length, c->alpn, (unsigned int)c->alpn_length, in, in_length) != OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_ALERT_FATAL;  /* RFC 7301: no_application_protocol */
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}
