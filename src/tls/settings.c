/* Options and environment as settings of TLS: see settings.h. */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/allreadwrite.h>
#include <skalibs/djbunix.h>

#include "die.h"
#include "io_exit.h"
#include "number.h"
#include "settings.h"

enum { NOBODY = 65534 };

unsigned int settings_sni_level(struct opts const *o)
{
  unsigned int level = opts_switch(o, "mandatory-sni", "sni", -1) == 1 ? 2 : opts_has(o, "sni") ? 1 : 0;
  uint64_t n = opts_number(o, "sni-level", level);
  return n > 2 ? 2 : (unsigned int)n;
}

/* Opened before ids change, for appending: several processes may share it. */
static int open_key_log(char const *name)
{
  int fd;
  if (!name) return -1;
  fd = open(name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);
  if (fd == -1) die_system("open ", name);
  return fd;
}

static struct tls_tickets *read_tickets(char const *name)
{
  unsigned char keys[1024];
  struct tls_tickets *t;
  size_t n;
  int fd;
  if (!name) return 0;
  fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd == -1) die_system("open ", name);
  errno = 0;
  n = allread(fd, (char *)keys, sizeof keys);
  if (n < sizeof keys && errno && errno != EPIPE) die_system("read ", name);
  fd_close(fd);
  t = tls_tickets_new();
  if (!t) die_system("allocate memory");
  if (tls_tickets_load(t, keys, n) == -1) die_key("invalid ", name, ": ticket keys are 48 bytes, or 80 bytes each, eight at the most");
  return t;
}

static char const *variable(char const *name)
{
  char const *value = getenv(name);
  return value && value[0] ? value : 0;
}

void settings_read(struct tls_settings *s, struct opts const *o, int is_server)
{
  struct tls_settings const none = TLS_SETTINGS_NONE;
  *s = none;
  s->is_server = is_server;
  s->verify = !is_server && opts_switch(o, "verify-cert", "no-verify-cert", 1);
  s->minimum = strcmp(opts_value(o, "tls-min", "1.2"), "1.3") ? 12 : 13;
  s->alpn = opts_value(o, "alpn", 0);
  s->ciphers = opts_value(o, "ciphers", 0);
  s->groups = opts_value(o, "groups", 0);
  s->key_log = open_key_log(opts_value(o, "keylog", 0));
  s->ca_directory = variable("CADIR");
  s->ca_file = variable("CAFILE");
  if (is_server)
  {
    int mandatory = opts_switch(o, "mandatory-client-cert", "client-cert", -1);
    s->ask = mandatory == -1 ? TLS_ASK_NOTHING : mandatory ? TLS_ASK_REQUIRED : TLS_ASK_OPTIONAL;
    s->sni_level = settings_sni_level(o);
    s->tickets = read_tickets(opts_value(o, "ticket-keys", 0));
    if (s->ask != TLS_ASK_NOTHING && !s->ca_directory && !s->ca_file)
      strerr_dief(EXIT_USAGE, "neither CADIR nor CAFILE is set: no client certificate could be verified");
  }
}

/* Root's way out: the ids that the environment names, or 65534. Never root itself. */
static uint64_t id_from(char const *name)
{
  uint64_t n = NOBODY;
  char const *value = variable(name);
  if (value && (number_parse(value, 10, ID_MAX, &n) == -1 || !n))
    strerr_dief(EXIT_USAGE, "invalid $", name, ": it must be an id in numbers, and not 0, not '", value, "'");
  return n;
}

int settings_ids(struct identity *ids)
{
  struct identity const none = IDENTITY_NONE;
  *ids = none;
  if (getuid() && geteuid()) return 0;
  ids->has_uid = ids->has_gid = ids->has_groups = 1;
  ids->uid = (uid_t)id_from("TLS_UID");
  ids->gid = (gid_t)id_from("TLS_GID");
  return 1;
}

enum keyring_which settings_pairs(unsigned int sni_level)
{
  if (!sni_level) return KEYRING_DEFAULT;
  return sni_level == 1 ? KEYRING_DEFAULT | KEYRING_NAMED : KEYRING_NAMED;
}
