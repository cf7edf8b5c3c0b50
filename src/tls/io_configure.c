/* Options and environment of the io programs: see io.h. */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/allreadwrite.h>
#include <skalibs/djbunix.h>

#include "die.h"
#include "fds.h"
#include "io.h"
#include "io_exit.h"
#include "number.h"

enum { NOBODY = 65534 };

static unsigned int sni_level(struct opts const *o)
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

static void read_settings(struct tls_settings *s, struct opts const *o, int is_server)
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
    s->sni_level = sni_level(o);
    s->tickets = read_tickets(opts_value(o, "ticket-keys", 0));
    if (s->ask != TLS_ASK_NOTHING && !s->ca_directory && !s->ca_file) strerr_dief(EXIT_USAGE, "neither CADIR nor CAFILE is set: no client certificate could be verified");
  }
}

/* Root's way out: the ids that the environment names, or nobody's. Never root itself. */
static uint64_t id_from(char const *name)
{
  uint64_t n = NOBODY;
  char const *value = variable(name);
  if (value && (number_parse(value, 10, ID_MAX, &n) == -1 || !n))
    strerr_dief(EXIT_USAGE, "invalid $", name, ": it must be an id in numbers, and not 0, not '", value, "'");
  return n;
}

static void read_ids(struct io *io)
{
  struct identity const none = IDENTITY_NONE;
  io->ids = none;
  io->has_ids = !getuid() || !geteuid();
  if (!io->has_ids) return;
  io->ids.has_uid = io->ids.has_gid = io->ids.has_groups = 1;
  io->ids.uid = (uid_t)id_from("TLS_UID");
  io->ids.gid = (gid_t)id_from("TLS_GID");
}

static void read_keys(struct io *io, struct opts const *o)
{
  struct tls_settings const *s = &io->settings;
  io->keys.count = 0;
  io->keys.entries = 0;
  if (s->is_server)
    keyring_from_environment(&io->keys, s->sni_level == 0 ? KEYRING_DEFAULT : s->sni_level == 1 ? KEYRING_DEFAULT | KEYRING_NAMED : KEYRING_NAMED);
  else if (opts_switch(o, "client-cert", "no-client-cert", 0)) keyring_from_environment(&io->keys, KEYRING_DEFAULT);
}

void io_configure(struct io *io, struct opts const *o, int is_server)
{
  io->verbosity = (unsigned int)opts_number(o, "verbosity", 1);
  io->patience = opts_number(o, "handshake-timeout", HANDSHAKE_TIMEOUT);
  io->notification = (int)opts_number(o, "notification-fd", 0);
  if (!opts_has(o, "notification-fd")) io->notification = -1;
  else if (!fd_is_open(io->notification)) die_system("use the descriptor for the notification");
  io->server_name = is_server ? 0 : opts_value(o, "servername", 0);
  read_settings(&io->settings, o, is_server);
  read_keys(io, o);
  read_ids(io);
  relay_init(&io->relay);
  io->relay.strict = opts_switch(o, "enforce-close-notify", "no-enforce-close-notify", 0);
  io->relay.notify = opts_switch(o, "close-notify", "no-close-notify", 0);
}

int io_descriptor(char const *what, char const *word)
{
  uint64_t n;
  if (number_parse(word, 10, 1048575, &n) == -1) die_usage(what, " must be a descriptor, not '", word, "'");
  if (!fd_is_open((int)n)) die_usage("descriptor ", word, " is not open");
  return (int)n;
}
