/* Options and environment of the io programs: see io.h. */

#include "die.h"
#include "fds.h"
#include "io.h"
#include "number.h"
#include "settings.h"

static void read_keys(struct io *io, struct opts const *o)
{
  struct tls_settings const *s = &io->settings;
  io->keys.count = 0;
  io->keys.entries = 0;
  if (s->is_server) keyring_from_environment(&io->keys, settings_pairs(s->sni_level));
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
  settings_read(&io->settings, o, is_server);
  read_keys(io, o);
  io->has_ids = settings_ids(&io->ids);
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
