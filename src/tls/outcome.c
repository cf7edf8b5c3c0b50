/* The list of variables: see outcome.h. */

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "chain.h"
#include "deadline.h"
#include "die.h"
#include "outcome.h"

static char const *const names[] =
{
  "SSL_PROTOCOL", "SSL_CIPHER", "SSL_CIPHER_USEKEYSIZE", "SSL_GROUP", "SSL_SESSION_RESUMED", "SSL_TLS_SNI_SERVERNAME", "SSL_ALPN",
  "SSL_CLIENT_VERIFY", "SSL_PEER_CERT_HASH", "SSL_PEER_CERT_SUBJECT", "SSL_PEER_CERT_CN", "SSL_PEER_CERT_SAN", "SSL_PEER_CERT_ISSUER",
  "SSL_PEER_CERT_SERIAL", "SSL_PEER_CERT_NOTAFTER", "SSL_SERVER_CERT_HASH"
};

enum { NAMES = sizeof names / sizeof *names };

int outcome_send(struct outcome const *o, int fd)
{
  size_t sent = 0;
  while (sent < o->length)
  {
    ssize_t w = write(fd, o->bytes + sent, o->length - sent);
    if (w == -1 && errno != EINTR) return -1;
    if (w > 0) sent += (size_t)w;
  }
  return 0;
}

int outcome_receive(struct outcome *o, int fd, uint64_t deadline)
{
  o->length = 0;
  for (;;)
  {
    char byte;
    ssize_t r;
    if (deadline_poll(fd, POLLIN, deadline) == -1) return -1;
    /* One byte beyond the end distinguishes a full list from one that is too long. */
    r = o->length < OUTCOME_MAX ? read(fd, o->bytes + o->length, OUTCOME_MAX - o->length) : read(fd, &byte, 1);
    if (r == -1 && (errno == EINTR || errno == EAGAIN)) continue;
    if (r == -1) return -1;
    if (!r) break;
    if (o->length == OUTCOME_MAX) return (errno = EPROTO, -1);
    o->length += (size_t)r;
  }
  if (outcome_is_good(o)) return 0;
  return (errno = o->length ? EPROTO : 0, -1);
}

static int is_known(char const *item, size_t length)
{
  size_t i = 0;
  for (; i < NAMES; i++)
    if (strlen(names[i]) == length && !memcmp(names[i], item, length)) return 1;
  return 0;
}

static int is_item(char const *item, size_t length)
{
  char const *equal = memchr(item, '=', length);
  size_t i;
  if (!equal || !is_known(item, (size_t)(equal - item))) return 0;
  for (i = 0; i < length; i++)
    if (item[i] < ' ' || item[i] > '~') return 0;
  return 1;
}

int outcome_is_good(struct outcome const *o)
{
  char const *at = o->bytes, *end = o->bytes + o->length;
  while (at < end)
  {
    char const *nul = memchr(at, 0, (size_t)(end - at));
    if (!nul) return 0;
    if (nul == at) return nul + 1 == end;
    if (!is_item(at, (size_t)(nul - at))) return 0;
    at = nul + 1;
  }
  return 0;
}

int outcome_take(struct outcome *o, char const *bytes, size_t length)
{
  if (length >= OUTCOME_MAX) return 0;
  memcpy(o->bytes, bytes, length);
  o->bytes[length] = 0;
  o->length = length + 1;
  return outcome_is_good(o);
}

/* Of several items of one name the first counts. */
static char const *find(struct outcome const *o, char const *name)
{
  size_t length = strlen(name);
  char const *at = o->bytes;
  for (; *at; at += strlen(at) + 1)
    if (!strncmp(at, name, length) && at[length] == '=') return at + length + 1;
  return 0;
}

void outcome_each(struct outcome const *o, void (*each)(void *, char const *, char const *), void *data)
{
  size_t i = 0;
  for (; i < NAMES; i++) each(data, names[i], find(o, names[i]));
}

static void set(void *data, char const *name, char const *value)
{
  (void)data;
  chain_env(name, value);
}

void outcome_to_environment(struct outcome const *o)
{
  outcome_each(o, &set, 0);
}

char const *const *outcome_variables_and(char const *const *others)
{
  char const **all;
  size_t n = 0, i = 0;
  while (others[n]) n++;
  all = malloc((n + NAMES + 1) * sizeof *all);
  if (!all) die_system("allocate memory");
  for (; i < n; i++) all[i] = others[i];
  for (i = 0; i < NAMES; i++) all[n + i] = names[i];
  all[n + NAMES] = 0;
  return all;
}
