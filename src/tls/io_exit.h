/* How the TLS programs end when they cannot go on: the exit codes that scripts know, beside those of die.h. */

#ifndef SALLYPORT_IO_EXIT_H
#define SALLYPORT_IO_EXIT_H

#include "die.h"

enum
{
  EXIT_KEYS = 96,     /* a key, a certificate or a list of authorities is no good */
  EXIT_ENGINE = 97,   /* the library does not start */
  EXIT_SESSION = 98   /* a handshake or a session failed */
};

#define die_key(...) strerr_dief(EXIT_KEYS, __VA_ARGS__)

#endif
