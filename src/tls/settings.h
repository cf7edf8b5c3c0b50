/* The options and variables that decide how TLS is spoken, for every program that speaks it. */

#ifndef SALLYPORT_SETTINGS_H
#define SALLYPORT_SETTINGS_H

#include "identity.h"
#include "keyring.h"
#include "opts.h"
#include "tls.h"

/* Everything but pairs. Opens the key log and reads the ticket keys. Dies (96, 100, 111). */
extern void settings_read(struct tls_settings *, struct opts const *, int is_server);

/* The ids that the process that speaks TLS changes to: TLS_UID and TLS_GID, or 65534, and never root. Returns 0 if we are not root, and
   nothing is to be changed. Dies (100). */
extern int settings_ids(struct identity *);

/* 0 to 2, and which pairs it wants. */
extern unsigned int settings_sni_level(struct opts const *);
extern enum keyring_which settings_pairs(unsigned int sni_level);

#endif
