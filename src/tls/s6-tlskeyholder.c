/* Starts the holder of the keys, and becomes the next program, which finds its socket by a variable. */

#include <unistd.h>

#include <skalibs/djbunix.h>

#include "chain.h"
#include "die.h"
#include "fds.h"
#include "holder_check.h"
#include "secrets.h"
#include "settings.h"
#include "tlsserver_opts.h"

int main(int argc, char const *const *argv)
{
  struct opts given;
  struct keyring keys;
  struct holder holder;
  (void)argc;

  argv = opts_parse(&given, &tlsserver_opts, TLSSERVER_HOLDER, argv);
  require_program(argv);
  if (fds_ensure_standard() == -1) die_system("open the standard descriptors");

  keyring_from_environment(&keys, settings_pairs(settings_sni_level(&given)));
  holder_start(&holder, &keys, HOLDER_LASTS, 0);
  holder_check(&holder, &keys, (unsigned int)opts_number(&given, "verbosity", 1));
  if (uncoe(holder.fd) == -1) die_system("keep the socket of the holder open");
  chain_env_number(HOLDER_VARIABLE, (unsigned long)holder.fd);
  if (!opts_switch(&given, "keep", "no-keep", 0)) secrets_forget_keys();
  chain_become(argv);
}
