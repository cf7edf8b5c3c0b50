/* TLS at once: the io program is started, the handshake is waited for, and the clear text takes the connection's place. */

#ifndef SALLYPORT_ENGAGE_H
#define SALLYPORT_ENGAGE_H

#include "around.h"

/* Returns when the handshake is done, with its variables in the environment. If it fails, the process ends with the io
   program's exit code. */
extern void engage(struct around const *);

#endif
